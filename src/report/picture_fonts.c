#include "report/picture_fonts.h"

#include <fontconfig/fontconfig.h>
#include <pthread.h>
#include <unistd.h>

/* Where distributions put the font: Debian, Fedora, Arch, Alpine. The bold one beside it is for titles. */
static const char *const places[][2] = {
    {"/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", "/usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc"},
    {"/usr/share/fonts/google-noto-sans-cjk-fonts/NotoSansCJK-Regular.ttc",
     "/usr/share/fonts/google-noto-sans-cjk-fonts/NotoSansCJK-Bold.ttc"},
    {"/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc", "/usr/share/fonts/noto-cjk/NotoSansCJK-Bold.ttc"},
    {"/usr/share/fonts/noto/NotoSansCJK-Regular.ttc", "/usr/share/fonts/noto/NotoSansCJK-Bold.ttc"},
};

static bool add_font(FcConfig *config, const char *file) {
    return access(file, R_OK) == 0 && FcConfigAppFontAddFile(config, (const FcChar8 *)file);
}

/* fontconfig has one configuration for the whole process. Where the font is in a known place, ours knows nothing else: then neither
 * a user's settings nor a missing or stale cache change a picture, and a read-only system has nothing to complain of. Anywhere else
 * the system's own is left to find it. */
static void configure(void) {
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        FcConfig *config = FcConfigCreate();
        if (!config) return;
        bool found = add_font(config, places[i][0]);
        if (found) {
            add_font(config, places[i][1]);
            FcConfigSetCurrent(config);
        }
        FcConfigDestroy(config);
        if (found) return;
    }
}

static FcPattern *best_match(void) {
    FcPattern *wanted = FcPatternCreate(), *match = NULL;
    FcResult result;
    if (wanted && FcPatternAddString(wanted, FC_FAMILY, (const FcChar8 *)PICTURE_FONT)) {
        FcConfigSubstitute(NULL, wanted, FcMatchPattern);
        FcDefaultSubstitute(wanted);
        match = FcFontMatch(NULL, wanted, &result);
    }
    if (wanted) FcPatternDestroy(wanted);
    return match;
}

/* A font has names in several languages. */
static bool has_name(FcPattern *font, const char *name) {
    FcChar8 *family;
    for (int i = 0; FcPatternGetString(font, FC_FAMILY, i, &family) == FcResultMatch; i++)
        if (FcStrCmpIgnoreCase(family, (const FcChar8 *)name) == 0) return true;
    return false;
}

pl_status picture_fonts_find(pl_problems *problems) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, configure);
    FcPattern *match = best_match();
    FcChar8 *family;
    if (!match || FcPatternGetString(match, FC_FAMILY, 0, &family) != FcResultMatch) {
        if (match) FcPatternDestroy(match);
        pl_status status = pl_problem_add(problems, PL_ERROR, "E703", (pl_place){0},
                                          "no font is installed; pictures need " PICTURE_FONT " (the package fonts-noto-cjk)");
        return status == PL_MEMORY ? PL_MEMORY : PL_IO;
    }
    pl_status status = PL_OK;
    if (!has_name(match, PICTURE_FONT))
        status = pl_problem_add(problems, PL_WARNING, "W701", (pl_place){0},
                                "the font " PICTURE_FONT " is not installed; the picture uses %s", (const char *)family);
    FcPatternDestroy(match);
    return status;
}
