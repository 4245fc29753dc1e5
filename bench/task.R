# The same task in data.table: Rscript task.R MODEL OUT THREADS
suppressPackageStartupMessages(library(data.table))
arguments <- commandArgs(trailingOnly = TRUE)
setDTthreads(as.integer(arguments[3]))
indicators <- fread(file.path(arguments[1], "indicators.csv"))
d <- fread(file.path(arguments[1], "data.csv"), showProgress = FALSE)
leaves <- indicators[grepl("^i", code)]
pillars <- indicators[grepl("^p", code)]
for (k in seq_len(nrow(leaves))) {
    x <- leaves$direction[k] * d[[leaves$code[k]]]
    range <- range(x, na.rm = TRUE)
    set(d, j = leaves$code[k], value = (x - range[1]) * 100 / (range[2] - range[1]))
}
# The weighted mean of what is present.
weighted <- function(columns, weights) {
    sum <- numeric(nrow(d))
    weight <- numeric(nrow(d))
    for (k in seq_along(columns)) {
        present <- !is.na(columns[[k]])
        sum <- sum + weights[k] * fifelse(present, columns[[k]], 0)
        weight <- weight + weights[k] * present
    }
    sum / weight
}
scores <- lapply(pillars$code, function(pillar) {
    own <- leaves[parent == pillar]
    weighted(lapply(own$code, function(code) d[[code]]), own$weight)
})
d[, total := weighted(scores, pillars$weight)]
d[, rank := frank(-total, ties.method = "min")]
d[, group_rank := frank(-total, ties.method = "min"), by = group]
setorder(d, rank, unit)
fwrite(d[, .(unit, name = unit, group, total, rank, group_rank)], arguments[2])
