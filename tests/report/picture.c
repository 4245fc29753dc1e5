/* Pictures: what is drawn where, the same bytes twice, and every way to fail. */
#include "report/picture.h"
#include "support/allocations.h"

#include <plumbline/base/number.h>

#include <expat.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* ---- making one ---- */

#define MANY 1200

static pl_str names[MANY];
static char name_bytes[MANY][64];
static pl_place_band bands[MANY];
static double cells[300 * 300];
static pl_sensitivity_bar bars[MANY];
static pl_trend_point points[MANY];
static const double sizes[] = {10, 100, 1000, 10000, 1e6}, seconds[] = {0.001, 0.02, 0, NAN, 30};
static const pl_str groups[] = {{"区县", 6}, {"A & <B>", 7}};

/* Unit i stands on place i + 1, between i - 1 and i + 4. */
static void make_data(void) {
    for (size_t i = 0; i < MANY; i++) {
        snprintf(name_bytes[i], sizeof name_bytes[i], "单位%zu", i + 1);
        names[i] = pl_str_of(name_bytes[i]);
        double place = (double)i + 1;
        bands[i] = (pl_place_band){names[i], place, place + 1, fmax(place - 2, 1), place + 3, i % 2};
    }
    for (size_t i = 0; i < MANY; i++) {
        double share = 0.5 / (double)(i + 1), value = 80 + (double)(i % 7);
        bars[i] = (pl_sensitivity_bar){names[i], share, share - 0.02, share + 0.02, share + 0.1, share + 0.05, share + 0.15};
        points[i] =
            i % 3 ? (pl_trend_point){names[i], value, NAN, NAN, NAN} : (pl_trend_point){names[i], NAN, value, value - 2, value + 3};
    }
    for (size_t i = 0; i < 300; i++)
        for (size_t j = 0; j < 300; j++) cells[i * 300 + j] = 1 / (1 + exp((double)i - (double)j));
}

typedef enum picture_kind { PLACES, DOMINANCE, CORRELATION, SENSITIVITY, TREND, TRENDS, GROWTH, KINDS } picture_kind;

typedef struct request {
    picture_kind kind;
    size_t count;
    pl_picture_options options;
} request;

static pl_status draw(pl_output *output, const request *r, pl_problems *problems) {
    const pl_place_bands places = {bands, r->count, 0, groups, 2};
    const pl_picture_matrix matrix = {names, cells, r->count};
    if (r->kind == PLACES) return pl_picture_places(output, &places, &r->options, problems);
    if (r->kind == DOMINANCE) return pl_picture_dominance(output, &matrix, &r->options, problems);
    if (r->kind == SENSITIVITY) return pl_picture_sensitivity(output, bars, r->count, &r->options, problems);
    const pl_trend trend = {points, r->count, 85, pl_str_of("分")};
    if (r->kind == TREND) return pl_picture_trend(output, &trend, &r->options, problems);
    /* three lines, one after the other */
    const pl_trends trends = {names, points, r->count ? 3 : 0, r->count, pl_str_of("分")};
    if (r->kind == TRENDS) return pl_picture_trends(output, &trends, &r->options, problems);
    const pl_growth_series series[] = {{{"甲", 3}, sizes, seconds, r->count < 5 ? r->count : 5}, {{"乙", 3}, sizes, sizes, 4}};
    const pl_growth growth = {series, 2, pl_str_of("units"), pl_str_of("seconds")};
    if (r->kind == GROWTH) return pl_picture_growth(output, &growth, &r->options, problems);
    return pl_picture_correlation(output, &matrix, &r->options, problems);
}

static pl_status draw_bytes(pl_buffer *bytes, const request *r) {
    pl_output output;
    pl_problems problems;
    pl_buffer_init(bytes, 0);
    pl_problems_init(&problems, 0);
    pl_output_init(&output, pl_sink_buffer, bytes);
    pl_status status = draw(&output, r, &problems);
    status = pl_status_worse(status, pl_output_finish(&output));
    if (status == PL_OK) assert_int_equal(problems.count, 0);
    pl_problems_free(&problems);
    return status;
}

static request ask(picture_kind kind, size_t count, pl_picture_format format) {
    return (request){kind, count, {.format = format, .chinese = true, .chosen = PL_PICTURE_NONE}};
}

/* ---- reading an SVG ---- */

#define NO_COLOUR 0xFFFFFFFFu

typedef struct svg_seen {
    char fill[80]; /* as cairo writes it; empty: none is looked for */
    size_t marks;  /* closed shapes of that colour */
    size_t elements;
    char title[128], description[128];
    char *reading;
} svg_seen;

static const char *attribute(const char **attributes, const char *name) {
    for (; *attributes; attributes += 2)
        if (strcmp(attributes[0], name) == 0) return attributes[1];
    return "";
}

static void begin(void *context, const char *name, const char **attributes) {
    svg_seen *seen = context;
    seen->elements++;
    if (strcmp(name, "title") == 0) seen->reading = seen->title;
    if (strcmp(name, "desc") == 0) seen->reading = seen->description;
    if (strcmp(name, "path") != 0 || !*seen->fill) return;
    if (!strstr(attribute(attributes, "style"), seen->fill) && strcmp(attribute(attributes, "fill"), seen->fill) != 0) return;
    for (const char *d = attribute(attributes, "d"); *d; d++) seen->marks += *d == 'Z';
}

static void end(void *context, const char *name) {
    (void)name;
    ((svg_seen *)context)->reading = NULL;
}

static void text(void *context, const char *bytes, int size) {
    svg_seen *seen = context;
    if (seen->reading) strncat(seen->reading, bytes, (size_t)size < 100 ? (size_t)size : 100);
}

static void add_part(char *fill, colour c, unsigned shift) {
    size_t length = strlen(fill);
    pl_number_print(fill + length, pl_number_round((c >> shift & 0xFF) * 100 / 255.0, 6));
    strcat(fill, shift ? "%," : "%)");
}

static svg_seen read_svg(pl_buffer bytes, colour fill) {
    svg_seen seen = {0};
    if (fill != NO_COLOUR) {
        strcpy(seen.fill, "rgb(");
        for (unsigned shift = 24; shift; shift -= 8) add_part(seen.fill, fill, shift - 8);
    }
    XML_Parser parser = XML_ParserCreate(NULL);
    XML_SetUserData(parser, &seen);
    XML_SetElementHandler(parser, begin, end);
    XML_SetCharacterDataHandler(parser, text);
    assert_int_equal(XML_Parse(parser, bytes.at, (int)bytes.len, 1), XML_STATUS_OK);
    XML_ParserFree(parser);
    return seen;
}

static svg_seen draw_svg(const request *r, colour fill) {
    pl_buffer bytes;
    assert_int_equal(draw_bytes(&bytes, r), PL_OK);
    svg_seen seen = read_svg(bytes, fill);
    pl_buffer_free(&bytes);
    return seen;
}

/* ---- reading a PNG ---- */

static cairo_status_t give(void *context, unsigned char *out, unsigned size) {
    pl_str *rest = context;
    if (size > rest->len) return CAIRO_STATUS_READ_ERROR;
    memcpy(out, rest->at, size);
    *rest = (pl_str){rest->at + size, rest->len - size};
    return CAIRO_STATUS_SUCCESS;
}

static cairo_surface_t *read_png(pl_buffer bytes) {
    pl_str rest = pl_buffer_view(&bytes);
    cairo_surface_t *image = cairo_image_surface_create_from_png_stream(give, &rest);
    assert_int_equal(cairo_surface_status(image), CAIRO_STATUS_SUCCESS);
    return image;
}

static cairo_surface_t *draw_png(const request *r) {
    pl_buffer bytes;
    assert_int_equal(draw_bytes(&bytes, r), PL_OK);
    cairo_surface_t *image = read_png(bytes);
    pl_buffer_free(&bytes);
    return image;
}

static size_t pixels_of(cairo_surface_t *image, colour wanted) {
    size_t found = 0;
    const unsigned char *bytes = cairo_image_surface_get_data(image);
    int width = cairo_image_surface_get_width(image), height = cairo_image_surface_get_height(image);
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) {
            uint32_t pixel;
            memcpy(&pixel, bytes + (size_t)y * (size_t)cairo_image_surface_get_stride(image) + (size_t)x * 4, 4);
            found += (pixel & 0xFFFFFF) == wanted;
        }
    return found;
}

/* ---- what is drawn ---- */

static void test_one_band_for_each_unit(void **state) {
    (void)state;
    /* blue, 42 % on paper; 15 of 30 units are of the first group */
    const colour tint = colour_mix(0x0072B2, PAPER, 0.42);
    request r = ask(PLACES, 30, PL_PICTURE_SVG);
    assert_int_equal(draw_svg(&r, tint).marks, 15);
    bands[4].low = NAN; /* of the first group */
    assert_int_equal(draw_svg(&r, tint).marks, 14);
    make_data();
}

static void test_as_many_rows_as_can_be_read(void **state) {
    (void)state;
    request r = ask(PLACES, 500, PL_PICTURE_SVG);
    const colour tint = colour_mix(0x0072B2, PAPER, 0.42);
    assert_int_equal(draw_svg(&r, tint).marks, 250);
    r.count = 1200;
    assert_int_equal(draw_svg(&r, tint).marks, 250);
    r.options.most = 20;
    assert_int_equal(draw_svg(&r, tint).marks, 10);
}

static void test_title_and_description(void **state) {
    (void)state;
    request r = ask(DOMINANCE, 5, PL_PICTURE_SVG);
    assert_string_equal(draw_svg(&r, NO_COLOUR).title, "优胜概率热图");
    r.options.title = pl_str_of("R&D <2025> \"甲\" \xFF");
    r.options.subtitle = pl_str_of("一行\n二行");
    svg_seen seen = draw_svg(&r, NO_COLOUR);
    assert_string_equal(seen.title, "R&D <2025> \"甲\" \uFFFD");
    assert_string_equal(seen.description, "一行 二行");
}

static void test_a_matrix_has_its_colours(void **state) {
    (void)state;
    request r = ask(DOMINANCE, 10, PL_PICTURE_PNG);
    for (size_t i = 0; i < 100; i++) cells[i] = i / 10 < i % 10 ? 1 : 0;
    cells[1] = NAN;
    cairo_surface_t *image = draw_png(&r);
    size_t cell = 90 * 90; /* 45 x 45 at two pixels each */
    size_t dark = pixels_of(image, colour_of_step(SCALE_STEPS)), light = pixels_of(image, colour_of_step(-SCALE_STEPS));
    assert_true(dark > 40 * cell && dark < 45 * cell); /* 44 cells with texts on them */
    assert_true(light > 41 * cell && light < 46 * cell);
    assert_true(pixels_of(image, GRID) >= 10 * cell);
    cairo_surface_destroy(image);
    make_data();
}

static void test_colours_can_be_read(void **state) {
    (void)state;
    for (int step = -SCALE_STEPS; step <= SCALE_STEPS; step++) {
        colour back = colour_of_step(step);
        assert_true(colour_contrast(colour_of_text_on(back), back) >= 4.5);
    }
    const colour backs[] = {PAPER, STRIPE, CHOSEN};
    for (size_t i = 0; i < 3; i++) {
        assert_true(colour_contrast(INK, backs[i]) >= 4.5);
        assert_true(colour_contrast(MUTED, backs[i]) >= 4.5);
    }
    assert_true(fabs(colour_contrast(0, 0xFFFFFF) - 21) < 1e-9);
}

static void test_steps_of_axes(void **state) {
    (void)state;
    assert_true(fabs(picture_step(0, 100, 10) - 10) < 1e-12);
    assert_true(fabs(picture_step(0, 101, 10) - 20) < 1e-12);
    assert_true(fabs(picture_step(0, 0.3, 10) - 0.05) < 1e-12);
    assert_true(fabs(picture_step(-1, 1, 4) - 0.5) < 1e-12);
    assert_true(fabs(picture_step(5, 5, 4) - 1) < 1e-12);
}

static void test_two_bars_for_each_assumption(void **state) {
    (void)state;
    request r = ask(SENSITIVITY, 10, PL_PICTURE_SVG);
    bars[2].total = NAN;
    assert_int_equal(draw_svg(&r, 0x0072B2).marks, 10 + 1); /* one in the legend */
    assert_int_equal(draw_svg(&r, 0xE69F00).marks, 10 - 1 + 1);
    make_data();
}

/* In the picture's coordinates, at two pixels for each. */
static colour pixel_at(cairo_surface_t *image, int x, int y) {
    uint32_t pixel;
    memcpy(&pixel,
           cairo_image_surface_get_data(image) + (size_t)y * 2 * (size_t)cairo_image_surface_get_stride(image) + (size_t)x * 8, 4);
    return pixel & 0xFFFFFF;
}

/* Of nine periods, with values where the number does not divide by 3, the chart is 640 wide between its margins. */
static void test_a_trend_has_its_band(void **state) {
    (void)state;
    request r = ask(TREND, 9, PL_PICTURE_SVG);
    assert_int_equal(draw_svg(&r, colour_mix(0xD55E00, PAPER, 0.25)).marks, 3 + 1);
    r.options.format = PL_PICTURE_PNG;
    cairo_surface_t *image = draw_png(&r);
    int width = cairo_image_surface_get_width(image) / 2, right = width - 28;
    assert_true(right > 640 && right < 720);
    /* the axis goes from 78 to 90 over 320, and ends 30 + 22 above the lower edge */
    int bottom = cairo_image_surface_get_height(image) / 2 - 52;
    int x = right - 640 + 20 + 600 * 3 / 8; /* the fourth period: 83, from 81 to 86 */
    assert_int_equal(pixel_at(image, x + 3, bottom - 320 * 4 / 12), colour_mix(0xD55E00, PAPER, 0.25));
    assert_int_equal(pixel_at(image, x, bottom - 320 * 5 / 12), 0xD55E00);
    assert_int_equal(pixel_at(image, x + 3, bottom - 320 * 9 / 12), PAPER);
    cairo_surface_destroy(image);
}

/* Of six periods two have bands in each of three lines; the bars stand beside each other, and one more box is in the legend. */
static void test_trends_have_their_bars(void **state) {
    (void)state;
    request r = ask(TRENDS, 6, PL_PICTURE_SVG);
    for (size_t line = 0; line < 3; line++) assert_int_equal(draw_svg(&r, colour_mix(colour_of_group(line), PAPER, 0.55)).marks, 2);
    assert_int_equal(draw_svg(&r, colour_of_group(1)).marks, 6 + 1); /* each point, and the one in the legend */
    points[6].low = NAN;                                             /* the first of the second line */
    assert_int_equal(draw_svg(&r, colour_mix(colour_of_group(1), PAPER, 0.55)).marks, 1);
    make_data();
}

static void test_growth_leaves_out_what_is_not_positive(void **state) {
    (void)state;
    request r = ask(GROWTH, 5, PL_PICTURE_PNG);
    cairo_surface_t *image = draw_png(&r);
    /* from 0.001 to 10,000 over 420, from 10 to 1,000,000 over 620 - 2 * 14; the lower edge is 46 + 22 below the axis */
    int bottom = cairo_image_surface_get_height(image) / 2 - 68, left = cairo_image_surface_get_width(image) / 2 - 28 - 620 + 14;
    assert_int_equal(pixel_at(image, left, bottom), 0x0072B2);                     /* 10, 0.001 */
    assert_int_equal(pixel_at(image, left + 592 * 3 / 5, bottom - 420), 0xD55E00); /* 10,000, 10,000 */
    cairo_surface_destroy(image);
    r.options.format = PL_PICTURE_SVG;
    /* a mark in the legend and one for each of three pairs; each has a path of its own */
    assert_int_equal(draw_svg(&r, 0x0072B2).marks, 1 + 3);
    assert_int_equal(draw_svg(&r, 0xD55E00).marks, 1 + 4);
}

static void test_every_sign_is_in_the_font(void **state) {
    (void)state;
    static const char *const signs[] = {"…", "−0.5", "1 – 3", "5–95 %", "（5%–95%）", "岳麓区望岚区骨直"};
    pl_picture_options options = {.chinese = true};
    pl_output output;
    picture p;
    pl_output_init(&output, pl_sink_buffer, NULL);
    picture_open(&p, &output, &options, NULL);
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        assert_true(picture_text_width(&p, pl_str_of(signs[i]), &text_label) > 5);
        assert_int_equal(pango_layout_get_unknown_glyphs_count(p.layout), 0);
    }
    p.status = PL_CANCELLED; /* there is no paper, and nothing is to be written */
    assert_int_equal(picture_finish(&p, ""), PL_CANCELLED);
}

/* Rows are numbered from 0; the gap shows as "-". */
static void assert_rows(size_t count, size_t limit, size_t chosen, const char *expected) {
    pl_picture_options options = {.chosen = chosen};
    picture p = {.options = &options};
    pl_arena_init(&p.arena, 0);
    picture_rows rows;
    picture_choose(&p, &rows, count, limit, chosen);
    pl_buffer said;
    pl_buffer_init(&said, 0);
    for (size_t i = 0; i < rows.count; i++)
        rows.rows[i] == PL_PICTURE_NONE ? pl_buffer_text(&said, "- ") : pl_buffer_print(&said, "%zu ", rows.rows[i]);
    assert_string_equal(said.len ? said.at : "", expected);
    pl_buffer_free(&said);
    pl_arena_free(&p.arena);
}

static void test_which_rows_are_drawn(void **state) {
    (void)state;
    assert_rows(0, 10, PL_PICTURE_NONE, "");
    assert_rows(3, 10, 1, "0 1 2 ");
    assert_rows(10, 5, PL_PICTURE_NONE, "0 1 2 3 4 - ");
    assert_rows(10, 5, 4, "0 1 2 3 4 - ");
    assert_rows(30, 10, 20, "0 1 2 3 4 5 6 - 19 20 21 - ");
    assert_rows(30, 10, 29, "0 1 2 3 4 5 6 - 27 28 29 ");
    assert_rows(30, 10, 10, "0 1 2 3 4 5 6 - 9 10 11 - ");
    assert_rows(11, 10, 10, "0 1 2 3 4 5 6 - 8 9 10 ");
}

/* ---- promises ---- */

static void test_the_same_bytes_twice(void **state) {
    (void)state;
    for (int i = 0; i < KINDS * 2; i++) {
        request r = ask((picture_kind)(i / 2), 12, i % 2 ? PL_PICTURE_SVG : PL_PICTURE_PNG);
        pl_buffer first, second;
        assert_int_equal(draw_bytes(&first, &r), PL_OK);
        assert_int_equal(draw_bytes(&second, &r), PL_OK);
        assert_int_equal(first.len, second.len);
        assert_memory_equal(first.at, second.at, first.len);
        pl_buffer_free(&first);
        pl_buffer_free(&second);
    }
}

static void test_few_rows_and_many(void **state) {
    (void)state;
    static const size_t counts[] = {0, 1, 2, 26, 61, 201};
    for (int k = 0; k < KINDS; k++)
        for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
            request r = ask((picture_kind)k, counts[i], PL_PICTURE_SVG);
            r.options.chosen = counts[i] / 2;
            assert_true(draw_svg(&r, NO_COLOUR).elements > 10);
        }
}

/* They are drawn somewhere, or not at all, but the picture comes to an end. */
static void test_numbers_beyond_reason(void **state) {
    (void)state;
    static const double odd[] = {INFINITY, -INFINITY, 1.7e308, -1.7e308, 5e-324, 1e16, 0, -3};
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        double x = odd[i], y = odd[(i + 3) % (sizeof odd / sizeof *odd)];
        bands[1] = (pl_place_band){names[1], x, y, x, y, 1};
        bars[1] = (pl_sensitivity_bar){names[1], x, y, x, y, x, y};
        points[0].actual = points[1].actual = x;
        points[2].low = y;
        points[2].high = x;
        cells[1] = x;
        cells[2] = y;
        for (int k = 0; k < KINDS; k++) {
            request r = ask((picture_kind)k, 3, PL_PICTURE_SVG);
            assert_true(draw_svg(&r, NO_COLOUR).elements > 10);
        }
        make_data();
    }
}

/* Twice as long a name does not make the picture wider. */
static void test_long_names_are_cut(void **state) {
    (void)state;
    static char longer[3 * 200];
    for (size_t i = 0; i < sizeof longer; i += 3) memcpy(longer + i, "龘", 3);
    int widths[2];
    for (int i = 0; i < 2; i++) {
        bands[0].label = (pl_str){longer, sizeof longer / (i ? 1 : 2)};
        request r = ask(PLACES, 3, PL_PICTURE_PNG);
        cairo_surface_t *image = draw_png(&r);
        widths[i] = cairo_image_surface_get_width(image);
        cairo_surface_destroy(image);
    }
    assert_int_equal(widths[0], widths[1]);
    make_data();
}

/* An output that takes so many bytes and then fails. */
static pl_status take_some(void *context, const char *bytes, size_t size) {
    size_t *left = context;
    (void)bytes;
    if (size > *left) return PL_IO;
    *left -= size;
    return PL_OK;
}

static void test_an_output_that_fails(void **state) {
    (void)state;
    for (int i = 0; i < 2; i++) {
        request r = ask(PLACES, 200, i ? PL_PICTURE_SVG : PL_PICTURE_PNG);
        pl_buffer whole;
        assert_int_equal(draw_bytes(&whole, &r), PL_OK);
        for (size_t limit = 0; limit < whole.len; limit += whole.len / 5) {
            size_t left = limit;
            pl_output output;
            pl_problems problems;
            pl_problems_init(&problems, 0);
            pl_output_init(&output, take_some, &left);
            pl_status status = draw(&output, &r, &problems);
            assert_int_equal(pl_status_worse(status, pl_output_finish(&output)), PL_IO);
            pl_problems_free(&problems);
        }
        pl_buffer_free(&whole);
    }
}

static bool draw_once(void *context) {
    pl_buffer bytes;
    pl_status status = draw_bytes(&bytes, context);
    pl_buffer_free(&bytes);
    return status == PL_OK;
}

static void test_memory_runs_out(void **state) {
    (void)state;
    for (int k = 0; k < KINDS; k++) {
        request r = ask((picture_kind)k, 3, PL_PICTURE_SVG);
        assert_true(allocations_walk(draw_once, &r, 1000) > 5);
    }
}

int main(void) {
    make_data();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_band_for_each_unit),    cmocka_unit_test(test_as_many_rows_as_can_be_read),
        cmocka_unit_test(test_title_and_description),     cmocka_unit_test(test_a_matrix_has_its_colours),
        cmocka_unit_test(test_colours_can_be_read),       cmocka_unit_test(test_steps_of_axes),
        cmocka_unit_test(test_which_rows_are_drawn),      cmocka_unit_test(test_two_bars_for_each_assumption),
        cmocka_unit_test(test_every_sign_is_in_the_font), cmocka_unit_test(test_growth_leaves_out_what_is_not_positive),
        cmocka_unit_test(test_a_trend_has_its_band),      cmocka_unit_test(test_trends_have_their_bars),
        cmocka_unit_test(test_the_same_bytes_twice),      cmocka_unit_test(test_few_rows_and_many),
        cmocka_unit_test(test_long_names_are_cut),        cmocka_unit_test(test_numbers_beyond_reason),
        cmocka_unit_test(test_an_output_that_fails),      cmocka_unit_test(test_memory_runs_out)};
    return cmocka_run_group_tests_name("pictures", tests, NULL, NULL);
}
