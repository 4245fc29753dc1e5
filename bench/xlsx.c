/* Writes a model's sheets as a workbook to a file: xlsx MODEL OUT. */
#include <plumbline/report/model_workbook.h>

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv) {
    if (argc != 3) {
        fprintf(stderr, "usage: xlsx MODEL OUT\n");
        return 2;
    }
    int file = open(argv[2], O_WRONLY | O_CREAT | O_TRUNC, 0666);
    if (file < 0) {
        perror(argv[2]);
        return 3;
    }
    pl_output output;
    pl_problems problems;
    pl_output_init(&output, pl_sink_descriptor, &file);
    pl_problems_init(&problems, 0);
    pl_status status = pl_report_model_workbook(&output, argv[1], NULL, &problems);
    status = pl_status_worse(status, pl_output_finish(&output));
    if (close(file)) status = PL_IO;
    for (size_t i = 0; i < problems.count; i++) fprintf(stderr, "%s\n", problems.items[i].text);
    pl_problems_free(&problems);
    return status == PL_OK ? 0 : 3;
}
