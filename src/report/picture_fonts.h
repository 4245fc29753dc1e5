/* The font of pictures. */
#ifndef REPORT_PICTURE_FONTS_H
#define REPORT_PICTURE_FONTS_H

#include <plumbline/base/problems.h>

#define PICTURE_FONT "Noto Sans CJK SC"

/* Makes the font known to fontconfig. PL_IO with E703 where there is no font at all; W701 where another takes its place. */
pl_status picture_fonts_find(pl_problems *problems);

#endif
