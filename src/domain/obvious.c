#include "domain/obvious.h"

/* The words are written down here, for this program: what people who must think of a password think of, in English and in pinyin,
 * and what offices, software and keyboards suggest. Not taken from any list of stolen passwords. With the rules in obvious.h they
 * stand for many more passwords than a list could hold. */
static const char *const words[] = {
    /* secrets and software */
    "password", "passwd", "passcode", "passphrase", "pass", "pwd", "secret", "login", "logon", "signin", "admin", "administrator",
    "root", "superuser", "super", "system", "sysadmin", "manager", "master", "guest", "user", "username", "test", "tester",
    "testing", "demo", "example", "sample", "default", "changeme", "change", "please", "letmein", "welcome", "hello", "access",
    "account", "database", "server", "oracle", "mysql", "postgres", "postgresql", "windows", "linux", "ubuntu", "debian", "docker",
    "cisco", "huawei", "router", "internet", "computer", "network", "office", "excel", "google", "baidu", "alibaba", "tencent",
    "weixin", "wechat", "email", "mail", "temp", "temporary", "public", "private", "company", "security", "backup", "service",
    "support", "plumbline", "zhunsheng", "abc", "open", "sesame", "hidden", "unknown", "nothing", "whatever", "trustno",
    /* people and feelings */
    "love", "iloveyou", "loveyou", "lovely", "sweet", "honey", "baby", "angel", "princess", "prince", "queen", "king", "family",
    "mother", "father", "mama", "papa", "friend", "forever", "happy", "lucky", "freedom", "power", "money", "dragon", "tiger",
    "monkey", "panda", "horse", "eagle", "shadow", "hunter", "ranger", "soccer", "football", "baseball", "basketball", "hockey",
    "michael", "jordan", "thomas", "robert", "daniel", "jessica", "jennifer", "charlie", "george", "superman", "batman", "pokemon",
    "starwars", "matrix", "cookie", "coffee", "cheese", "chocolate", "orange", "apple", "banana", "pepper", "flower", "sunshine",
    "summer", "winter", "spring", "autumn", "january", "february", "march", "april", "june", "july", "august", "september",
    "october", "november", "december", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "today",
    "tomorrow", "black", "white", "green", "silver", "golden", "purple", "yellow", "ginger", "maggie", "killer", "ninja", "samsung",
    "iphone", "android", "london", "paris", "china", "america",
    /* pinyin */
    "mima", "wode", "woaini", "woaiwo", "aini", "nihao", "zhongguo", "zhonghua", "renmin", "zhengfu", "beijing", "shanghai",
    "guangzhou", "shenzhen", "tianjin", "chongqing", "hangzhou", "nanjing", "wuhan", "chengdu", "xian", "suzhou", "qingdao",
    "ningbo", "dalian", "shenyang", "jinan", "xiamen", "guanli", "guanliyuan", "yonghu", "denglu", "ceshi", "gongzuo", "bangong",
    "bangongshi", "kaohe", "gongsi", "daxue", "xuexiao", "xuesheng", "laoshi", "yiyuan", "dangjian", "zuzhi", "zuzhibu", "weiyuan",
    "shiwei", "quwei", "jiedao", "shequ", "xiaoming", "zhangsan", "lisi", "wangwu", "baobao", "laopo", "laogong", "baba", "shengri",
    "kuaile", "xingfu", "pingan", "facai", "gongxi", "xinnian", "aiguo", "qiangguo", "fuxing", "changjiang", "huanghe", "taishan",
    "huashan",
    /* Chinese, numbers that are read as words, rows of keys that go down instead of along */
    "密码", "口令", "管理员", "中国", "你好", "我爱你", "北京", "上海", "欢迎", "测试", "用户", "办公室", "考核", "准绳", "5201314",
    "520", "1314", "1314520", "666", "888", "168", "147258369", "159357", "1q2w3e", "1q2w3e4r", "1q2w3e4r5t", "1qaz", "2wsx",
    "3edc", "4rfv", "qaz", "wsx", "edc", "zaq", "qazwsx", "a1b2c3"};

/* Along which one can run, both ways. */
static const char *const rows[] = {
    "abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop[]", "asdfghjkl;'", "zxcvbnm,./", "!@#$%^&*()_+", "`1234567890-="};

#define WORDS (sizeof words / sizeof *words)
#define ROWS (sizeof rows / sizeof *rows)
#define LONGEST 512

static char small(char c) { return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c; }

/* Whether a typed sign is read as a letter of a word. */
static bool stands_for(char typed, char letter) {
    static const char pairs[] = "@a4a8b(c3e6g9g1i!i1l|l0o$s5s7t+t2z";
    typed = small(typed), letter = small(letter);
    if (typed == letter) return true;
    for (const char *pair = pairs; *pair; pair += 2)
        if (pair[0] == typed && pair[1] == letter) return true;
    return false;
}

static size_t word_at(pl_str text, size_t at, pl_str word) {
    if (word.len > text.len - at) return 0;
    for (size_t i = 0; i < word.len; i++)
        if (!stands_for(text.at[at + i], word.at[i])) return 0;
    return word.len;
}

static size_t repeats(pl_str text, size_t at) {
    size_t end = at + 1;
    while (end < text.len && text.at[end] == text.at[at]) end++;
    return end - at;
}

/* Signs from `at` on that follow each other in a row, by `step` (1 or -1). */
static size_t run_along(pl_str text, size_t at, const char *row, int step) {
    const char *place = small(text.at[at]) ? strchr(row, small(text.at[at])) : NULL;
    size_t length = 0;
    while (place && at + length < text.len && *place && small(text.at[at + length]) == *place) {
        length++;
        if (step < 0 && place == row) break;
        place += step;
    }
    return length;
}

static size_t longest_run(pl_str text, size_t at) {
    size_t same = repeats(text, at), longest = same;
    for (size_t i = 0; i < 2 * ROWS; i++) {
        size_t length = run_along(text, at, rows[i / 2], i % 2 ? -1 : 1);
        if (length > longest) longest = length;
    }
    return longest >= 3 ? longest : same >= 2 ? same : 0;
}

static size_t year_at(pl_str text, size_t at) {
    if (text.len - at < 4 || (memcmp(text.at + at, "19", 2) != 0 && memcmp(text.at + at, "20", 2) != 0)) return 0;
    for (size_t i = 2; i < 4; i++)
        if (text.at[at + i] < '0' || text.at[at + i] > '9') return 0;
    return 4;
}

/* What stands just before `at`, over and over again: the longest way that this goes. */
static size_t repetition_at(pl_str text, size_t at) {
    size_t longest = 0;
    for (size_t period = 2; period <= at && longest < text.len - at; period++) {
        size_t length = 0;
        while (at + length < text.len && text.at[at + length] == text.at[at + length - period]) length++;
        if (length >= period && length > longest) longest = length;
    }
    return longest;
}

static void reach(unsigned char *least, size_t to, unsigned pieces) {
    if (least[to] > pieces) least[to] = (unsigned char)pieces;
}

/* From a place that `pieces` reach, every place that one more reaches. */
static void step_on(unsigned char *least, pl_str text, size_t at, const pl_str *names, size_t name_count) {
    unsigned pieces = least[at] + 1u;
    uint32_t code_point;
    size_t length = pl_utf8_decode(text, at, &code_point);
    reach(least, at + (length ? length : 1), pieces);
    for (size_t i = 0; i < WORDS; i++)
        if ((length = word_at(text, at, pl_str_of(words[i])))) reach(least, at + length, pieces);
    for (size_t i = 0; i < name_count; i++)
        if ((length = word_at(text, at, names[i]))) reach(least, at + length, pieces);
    for (size_t run = longest_run(text, at); run >= 2; run--) reach(least, at + run, pieces);
    if ((length = year_at(text, at))) reach(least, at + length, pieces);
    if ((length = repetition_at(text, at))) reach(least, at + length, pieces);
}

unsigned pl_obvious_pieces(pl_str password, const pl_str *names, size_t name_count) {
    unsigned char least[LONGEST + 1];
    if (password.len > LONGEST) return PL_OBVIOUS_PIECES;
    memset(least, PL_OBVIOUS_PIECES, sizeof least);
    least[0] = 0;
    for (size_t at = 0; at < password.len; at++)
        if (least[at] < PL_OBVIOUS_PIECES) step_on(least, password, at, names, name_count);
    return least[password.len];
}
