#include "http/target.h"

#include <arpa/inet.h>

static const unsigned char mapped[12] = {[10] = 0xff, [11] = 0xff};

/* The address without brackets and port: an IPv6 address with a port has brackets. */
static pl_str bare(pl_str text) {
    text = pl_str_trim(text);
    if (text.len && text.at[0] == '[') {
        const char *end = memchr(text.at, ']', text.len);
        return end ? (pl_str){text.at + 1, (size_t)(end - text.at) - 1} : (pl_str){NULL, 0};
    }
    const char *colon = text.len ? memchr(text.at, ':', text.len) : NULL;
    if (!colon) return text;
    size_t before = (size_t)(colon - text.at);
    return memchr(colon + 1, ':', text.len - before - 1) ? text : (pl_str){text.at, before};
}

bool pl_address_read(pl_address *out, pl_str text) {
    char terminated[PL_ADDRESS_TEXT];
    pl_str address = bare(text);
    if (!address.len || address.len >= sizeof terminated || memchr(address.at, 0, address.len)) return false;
    memcpy(terminated, address.at, address.len);
    terminated[address.len] = 0;
    memcpy(out->bytes, mapped, sizeof mapped);
    return inet_pton(AF_INET, terminated, out->bytes + 12) == 1 || inet_pton(AF_INET6, terminated, out->bytes) == 1;
}

bool pl_network_read(pl_network *out, pl_str text) {
    const char *slash = text.len ? memchr(text.at, '/', text.len) : NULL;
    pl_str address = slash ? (pl_str){text.at, (size_t)(slash - text.at)} : text;
    if (!pl_address_read(&out->address, address)) return false;
    bool four = !memchr(address.at, ':', address.len);
    unsigned bits = 0, most = four ? 32 : 128;
    if (slash) {
        pl_str number = {slash + 1, text.len - address.len - 1};
        if (!number.len || number.len > 3) return false;
        for (size_t i = 0; i < number.len; i++) {
            if (number.at[i] < '0' || number.at[i] > '9') return false;
            bits = bits * 10 + (unsigned)(number.at[i] - '0');
        }
    }
    if (bits > most) return false;
    out->bits = (slash ? bits : most) + (four ? 96 : 0);
    return true;
}

bool pl_network_has(const pl_network *network, const pl_address *address) {
    for (unsigned bit = 0; bit < network->bits; bit += 8) {
        unsigned char mask = network->bits - bit >= 8 ? 0xff : (unsigned char)(0xff00u >> (network->bits - bit));
        if ((network->address.bytes[bit / 8] ^ address->bytes[bit / 8]) & mask) return false;
    }
    return true;
}

void pl_address_write(char out[PL_ADDRESS_TEXT], const pl_address *address) {
    bool four = !memcmp(address->bytes, mapped, sizeof mapped);
    const char *text = inet_ntop(four ? AF_INET : AF_INET6, address->bytes + (four ? 12 : 0), out, PL_ADDRESS_TEXT);
    if (!text) out[0] = 0;
}

/* The value of "for" in one element of a Forwarded header, quotes taken off. */
static pl_str value_of_for(pl_str element) {
    while (element.len) {
        const char *end = memchr(element.at, ';', element.len);
        size_t length = end ? (size_t)(end - element.at) : element.len;
        pl_str pair = pl_str_trim((pl_str){element.at, length});
        if (pair.len > 4 && pl_str_is_fold((pl_str){pair.at, 4}, "for=")) {
            pl_str value = {pair.at + 4, pair.len - 4};
            if (value.len >= 2 && value.at[0] == '"') value = (pl_str){value.at + 1, value.len - 2};
            return value;
        }
        element = end ? (pl_str){end + 1, element.len - length - 1} : (pl_str){NULL, 0};
    }
    return (pl_str){NULL, 0};
}

static bool is_proxy(const pl_address *address, const pl_network *proxies, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (pl_network_has(&proxies[i], address)) return true;
    return false;
}

bool pl_forwarded_for(pl_address *out, pl_str header, bool rfc7239, const pl_network *proxies, size_t proxy_count) {
    bool found = false;
    while (header.len) {
        size_t from = header.len;
        while (from && header.at[from - 1] != ',') from--;
        pl_str hop = {header.at + from, header.len - from};
        pl_address address;
        /* What stands before something unreadable may be anybody's invention. */
        if (!pl_address_read(&address, rfc7239 ? value_of_for(hop) : hop)) return found;
        *out = address;
        found = true;
        if (!is_proxy(&address, proxies, proxy_count)) return true;
        header.len = from ? from - 1 : 0;
    }
    return found;
}
