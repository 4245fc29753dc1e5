#include "cli/output.h"

#include <plumbline/lang/functions.h>
#include <plumbline/model/sheets.h>
#include <plumbline/score/codes.h>

#include <stdio.h>

static const cli_option format_option = {"--format", "text|markdown", "text|markdown",
                                         "of help functions and help sheets (default text)",
                                         "help functions 和 help sheets 的格式（默认 text）"};

static void say(cli_result *r, const char *text) { pl_output_add(&r->output, pl_str_of(text)); }

__attribute__((format(printf, 2, 3))) static void print(cli_result *r, const char *format, ...) {
    pl_buffer text;
    pl_buffer_init(&text, 0);
    va_list arguments;
    va_start(arguments, format);
    pl_buffer_vprint(&text, format, arguments);
    va_end(arguments);
    if (text.failed && r->output.status == PL_OK) r->output.status = PL_MEMORY;
    pl_output_add(&r->output, pl_buffer_view(&text));
    pl_buffer_free(&text);
}

static void write_overview(const cli_call *call, cli_result *r) {
    say(r, cli_text(call, "plumbline: scores, ranks and explains a year of work\n\nusage: plumbline COMMAND ...\n\n",
                    "准绳 plumbline：为一年的工作计分、排名并给出理由\n\n用法：plumbline 命令 ...\n\n"));
    for (const cli_command *const *c = cli_commands; *c; c++)
        print(r, "  %-11s%s\n", (*c)->name, cli_text(call, (*c)->summary, (*c)->summary_zh));
    say(r, cli_text(call,
                    "\n  plumbline help COMMAND          how a command is used\n"
                    "  plumbline help functions        all functions of the rule language\n"
                    "  plumbline help FUNCTION         one of them\n"
                    "  plumbline help sheets           the sheets of a model and their columns\n"
                    "  plumbline help E312             what a message's code means\n"
                    "  plumbline help man|completion   the man page; completion for bash\n"
                    "\nExit status: 0 done, 1 the input is wrong, 2 usage, 3 the machine failed.\n",
                    "\n  plumbline help 命令             命令的用法\n"
                    "  plumbline help functions        规则语言的全部函数\n"
                    "  plumbline help 函数名           某个函数\n"
                    "  plumbline help sheets           模型的各表和各列\n"
                    "  plumbline help E312             提示代码的含义\n"
                    "  plumbline help man|completion   手册页；bash 补全脚本\n"
                    "\n退出状态：0 完成，1 输入有误，2 用法有误，3 机器故障。\n"));
}

static void write_command(const cli_call *call, const cli_command *c, cli_result *r) {
    print(r, "plumbline %s %s\n\n%s\n", c->name, c->arguments, cli_text(call, c->summary, c->summary_zh));
    if (c->details) print(r, "\n%s\n", cli_text(call, c->details, c->details_zh));
    if (*c->options) say(r, "\n");
    for (const cli_option *const *o = c->options; *o; o++)
        print(r, "  %s%s%s\n      %s\n", (*o)->name, (*o)->argument ? " " : "", (*o)->argument ? (*o)->argument : "",
              cli_text(call, (*o)->meaning, (*o)->meaning_zh));
}

static void write_code(const cli_call *call, const pl_code *code, cli_result *r) {
    print(r, "%s  %s\n      %s\n", code->code, cli_text(call, code->meaning, code->meaning_zh),
          cli_text(call, code->remedy, code->remedy_zh));
}

static void write_functions(const cli_call *call, cli_result *r) {
    pl_buffer text;
    pl_buffer_init(&text, 0);
    size_t count;
    const pl_function *functions = pl_functions(&count);
    if (cli_is(call, &format_option, "markdown"))
        pl_functions_markdown(&text);
    else
        for (size_t i = 0; i < count; i++) pl_function_describe(&functions[i], call->chinese, &text);
    if (text.failed && r->output.status == PL_OK) r->output.status = PL_MEMORY;
    pl_output_add(&r->output, pl_buffer_view(&text));
    pl_buffer_free(&text);
}

static void write_sheets(const cli_call *call, cli_result *r) {
    pl_buffer text;
    pl_buffer_init(&text, 0);
    if (cli_is(call, &format_option, "markdown"))
        pl_sheets_markdown(&text);
    else
        pl_sheets_describe(call->chinese, &text);
    if (text.failed && r->output.status == PL_OK) r->output.status = PL_MEMORY;
    pl_output_add(&r->output, pl_buffer_view(&text));
    pl_buffer_free(&text);
}

/* roff takes a leading point or apostrophe, and every backslash, for itself. */
static void roff(cli_result *r, const char *text) {
    for (const char *at = text; *at; at++) {
        if (*at == '\\')
            say(r, "\\e");
        else if (*at == '-')
            say(r, "\\-");
        else
            pl_output_add(&r->output, (pl_str){at, 1});
    }
}

static void write_man(cli_result *r) {
    print(r, ".TH PLUMBLINE 1 \"\" \"plumbline %s\"\n.SH NAME\nplumbline \\- score, rank and explain a year of work\n",
          PLUMBLINE_VERSION);
    say(r, ".SH SYNOPSIS\n.B plumbline\n.I COMMAND\n[...]\n.SH COMMANDS\n");
    for (const cli_command *const *c = cli_commands; *c; c++) {
        print(r, ".SS %s ", (*c)->name);
        roff(r, (*c)->arguments);
        say(r, "\n");
        roff(r, (*c)->summary);
        say(r, ".\n");
        if ((*c)->details) {
            say(r, ".PP\n");
            roff(r, (*c)->details);
            say(r, "\n");
        }
        for (const cli_option *const *o = (*c)->options; *o; o++) {
            say(r, ".TP\n.B ");
            roff(r, (*o)->name);
            if ((*o)->argument) {
                say(r, " ");
                roff(r, (*o)->argument);
            }
            say(r, "\n");
            roff(r, (*o)->meaning);
            say(r, "\n");
        }
    }
    say(r, ".SH EXIT STATUS\n0 done, 1 the input is wrong, 2 usage, 3 the machine failed (disk, memory).\n");
}

static void write_completion(cli_result *r) {
    say(r, "# bash completion for plumbline; made by `plumbline help completion`\n_plumbline() {\n"
           "    local word=\"${COMP_WORDS[COMP_CWORD]}\" before=\"${COMP_WORDS[COMP_CWORD-1]}\"\n    local words=\"\"\n"
           "    if [ \"$COMP_CWORD\" -eq 1 ]; then\n        words=\"");
    for (const cli_command *const *c = cli_commands; *c; c++) print(r, "%s%s", c == cli_commands ? "" : " ", (*c)->name);
    say(r, "\"\n    else\n        case \"${COMP_WORDS[1]} $before\" in\n");
    for (const cli_command *const *c = cli_commands; *c; c++)
        for (const cli_option *const *o = (*c)->options; *o; o++)
            if ((*o)->words) {
                print(r, "        \"%s %s\") words=\"", (*c)->name, (*o)->name);
                for (const char *at = (*o)->words; *at; at++) pl_output_add(&r->output, (pl_str){*at == '|' ? " " : at, 1});
                say(r, "\" ;;\n");
            }
    for (const cli_command *const *c = cli_commands; *c; c++) {
        print(r, "        \"%s \"*) words=\"", (*c)->name);
        for (const cli_option *const *o = (*c)->options; *o; o++) print(r, "%s%s", o == (*c)->options ? "" : " ", (*o)->name);
        say(r, "\" ;;\n");
    }
    say(r, "        esac\n    fi\n    COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n}\n"
           "complete -o default -F _plumbline plumbline\n");
}

static int unknown_topic(const char *topic) {
    pl_str names[128] = {0};
    size_t count = 0, functions;
    const pl_function *f = pl_functions(&functions);
    for (const cli_command *const *c = cli_commands; *c; c++) names[count++] = pl_str_of((*c)->name);
    for (size_t i = 0; i < functions && count < 126; i++) names[count++] = pl_str_of(f[i].name);
    names[count++] = pl_str_of("functions");
    names[count++] = pl_str_of("sheets");
    size_t nearest = pl_text_nearest(pl_str_of(topic), names, count);
    if (nearest < count) return cli_usage(NULL, "there is no help on \"%s\" (did you mean %s?)", topic, names[nearest].at);
    return cli_usage(NULL, "there is no help on \"%s\"", topic);
}

static int run(const cli_call *call) {
    const char *topic = call->argument_count ? call->arguments[0] : NULL;
    const cli_command *command = topic ? cli_command_find(topic) : NULL;
    const pl_code *code = topic ? pl_code_find(pl_str_of(topic)) : NULL;
    const pl_function *function = topic ? pl_function_find(pl_str_of(topic)) : NULL;
    bool functions = topic && strcmp(topic, "functions") == 0, man = topic && strcmp(topic, "man") == 0;
    bool completion = topic && strcmp(topic, "completion") == 0, sheets = topic && strcmp(topic, "sheets") == 0;
    if (topic && !command && !code && !function && !functions && !sheets && !man && !completion) return unknown_topic(topic);
    cli_result r;
    int status = cli_result_open(&r, call);
    if (status != EXIT_DONE) return status;
    if (!topic) write_overview(call, &r);
    if (command) write_command(call, command, &r);
    if (code) write_code(call, code, &r);
    if (functions) write_functions(call, &r);
    if (sheets) write_sheets(call, &r);
    if (man) write_man(&r);
    if (completion) write_completion(&r);
    if (function) {
        pl_buffer text;
        pl_buffer_init(&text, 0);
        if (command) say(&r, "\n");
        pl_function_describe(function, call->chinese, &text);
        pl_output_add(&r.output, pl_buffer_view(&text));
        pl_buffer_free(&text);
    }
    return cli_result_close(&r);
}

static const cli_option *const options[] = {&format_option, &cli_out, &cli_lang, NULL};

const cli_command cli_help = {
    .name = "help",
    .arguments = "[COMMAND|functions|FUNCTION|sheets|CODE|man|completion]",
    .most = 1,
    .summary = "how to use a command, a function of the language, or what a code means",
    .summary_zh = "命令、函数的用法，或提示代码的含义",
    .options = options,
    .run = run,
};
