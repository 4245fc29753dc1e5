#include "domain/obvious.h"
#include "domain/password.h"

static const pl_password_rule_text texts[PL_PASSWORD_RULES] = {
    [PL_PASSWORD_TEXT] = {"password-text", "The password has characters that cannot be typed. Type it anew, without pasting.",
                          "口令中有无法键入的字符。请不要粘贴，重新键入。"},
    [PL_PASSWORD_SHORT] = {"password-short",
                           "The password is too short: take at least %zu characters, such as a sentence of your own.",
                           "口令太短：至少 %zu 个字符，可用一句自己想的话。"},
    [PL_PASSWORD_LONG] = {"password-long", "The password is too long: take at most %zu characters.", "口令太长：至多 %zu 个字符。"},
    [PL_PASSWORD_KINDS] = {"password-kinds",
                           "The password has too few kinds of characters: take %zu of small letters, capitals, digits and others.",
                           "口令的字符种类太少：小写字母、大写字母、数字、其他字符中至少用 %zu 种。"},
    [PL_PASSWORD_COMMON] =
        {"password-common",
         "The password is one that is tried first: it is made of little more than common words, years or rows of "
         "keys. Take several words that do not belong together.",
         "口令容易被首先猜到：主要由常见词、年份或键盘连续键组成。请用几个互不相关的词。"},
    [PL_PASSWORD_PERSONAL] = {"password-personal",
                              "The password is made of little more than your name or your organisation's. Take other words.",
                              "口令主要由您或本单位的名称组成。请换用其他词。"},
    [PL_PASSWORD_REUSED] = {"password-reused", "The password is one of your last %zu. Take a new one.",
                            "口令与最近 %zu 次用过的相同。请换一个新的。"},
};

pl_password_rule_text pl_password_rule_of(pl_password_rule rule) { return texts[rule]; }

static size_t number_of(const pl_password_policy *policy, pl_password_rule rule) {
    switch (rule) {
    case PL_PASSWORD_SHORT: return policy->shortest;
    case PL_PASSWORD_LONG: return policy->longest;
    case PL_PASSWORD_KINDS: return policy->kinds;
    case PL_PASSWORD_REUSED: return policy->history;
    default: return 0;
    }
}

void pl_password_explain(pl_buffer *out, const pl_password_policy *policy, pl_password_rule rule, bool chinese) {
    const char *text = chinese ? texts[rule].chinese : texts[rule].english, *number = strstr(text, "%zu");
    pl_buffer_add(out, text, number ? (size_t)(number - text) : strlen(text));
    if (number) pl_buffer_print(out, "%zu%s", number_of(policy, rule), number + 3);
}

enum { SMALL = 1, CAPITAL = 2, DIGIT = 4, OTHER = 8 };

static unsigned kind_of(uint32_t c) {
    if (c >= 'a' && c <= 'z') return SMALL;
    if (c >= 'A' && c <= 'Z') return CAPITAL;
    return c >= '0' && c <= '9' ? DIGIT : OTHER;
}

static bool is_control(uint32_t c) { return c < 0x20 || (c >= 0x7F && c < 0xA0); }

/* Code points, and which kinds there are. False when there is one that nobody types. */
static bool look_through(pl_str password, size_t *length, unsigned *kinds) {
    *length = 0;
    *kinds = 0;
    for (size_t at = 0; at < password.len; ++*length) {
        uint32_t c = 0;
        size_t bytes = pl_utf8_decode(password, at, &c);
        if (!bytes || is_control(c)) return false;
        *kinds |= kind_of(c);
        at += bytes;
    }
    return true;
}

static unsigned obvious(pl_str password, const pl_str *names, size_t name_count) {
    if (pl_obvious_pieces(password, NULL, 0) < PL_OBVIOUS_PIECES) return 1u << PL_PASSWORD_COMMON;
    if (pl_obvious_pieces(password, names, name_count) < PL_OBVIOUS_PIECES) return 1u << PL_PASSWORD_PERSONAL;
    return 0;
}

unsigned pl_password_broken(const pl_password_policy *policy, pl_str password, const pl_str *names, size_t name_count) {
    size_t length;
    unsigned kinds, broken = 0;
    if (!look_through(password, &length, &kinds)) return 1u << PL_PASSWORD_TEXT;
    if (length > policy->longest) return 1u << PL_PASSWORD_LONG;
    if (length < policy->shortest) broken |= 1u << PL_PASSWORD_SHORT;
    if ((unsigned)__builtin_popcount(kinds) < policy->kinds) broken |= 1u << PL_PASSWORD_KINDS;
    return broken | obvious(password, names, name_count);
}
