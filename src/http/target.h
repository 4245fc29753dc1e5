/* Reads what a request line and a few headers say. Whatever the bytes, the answer is a reading or a refusal. */
#ifndef PLUMBLINE_HTTP_TARGET_H
#define PLUMBLINE_HTTP_TARGET_H

#include "http/request.h"

#define PL_TARGET_SEGMENTS 32
#define PL_TARGET_QUERY 64

typedef struct pl_target {
    pl_str segments[PL_TARGET_SEGMENTS];
    size_t segment_count;
    pl_pair query[PL_TARGET_QUERY];
    size_t query_count;
} pl_target;

/* PL_INPUT for a target that is no path, or plays tricks: ".", "..", a slash, backslash, zero byte or control character in a
 * segment, bytes that are no UTF-8, more parts than there is room for. Decoded texts are in the arena. */
pl_status pl_target_read(pl_target *out, pl_str raw, pl_arena *arena);

/* The language that an Accept-Language header asks for; Chinese where it leaves it open. */
pl_language pl_language_of(pl_str accept);

/* Whether an Accept header lets the media type pass; an empty header does. */
bool pl_accepts(pl_str accept, pl_str type);

/* The media type without its parameters. */
pl_str pl_media_type(pl_str content_type);

/* An address as 16 bytes; IPv4 as ::ffff:a.b.c.d. */
typedef struct pl_address {
    unsigned char bytes[16];
} pl_address;

/* A network: an address of which the first bits count. */
typedef struct pl_network {
    pl_address address;
    unsigned bits;
} pl_network;

bool pl_address_read(pl_address *out, pl_str text); /* "1.2.3.4", "::1", with or without brackets and port */
bool pl_network_read(pl_network *out, pl_str text); /* an address, or one with "/bits" */
bool pl_network_has(const pl_network *network, const pl_address *address);
#define PL_ADDRESS_TEXT 46
void pl_address_write(char out[PL_ADDRESS_TEXT], const pl_address *address);

/* The nearest address before the named proxies, from the last to the first that a forwarding header lists: X-Forwarded-For, or
 * Forwarded (RFC 7239). False when it has none that is an address. */
bool pl_forwarded_for(pl_address *out, pl_str header, bool rfc7239, const pl_network *proxies, size_t proxy_count);

/* Whether an Origin header names the server itself: its host, and https where the request came over TLS. */
bool pl_origin_is_own(pl_str origin, pl_str host, bool secure);

/* Whether a Host header is one: a name or an address, and a port. */
bool pl_host_is_valid(pl_str host);

bool pl_is_token(pl_str text); /* RFC 9110: what names of headers are made of */

#endif
