/* Reading small JSON documents that come from outside. */
#ifndef PLUMBLINE_DOMAIN_JSON_H
#define PLUMBLINE_DOMAIN_JSON_H

#include <plumbline/base/status.h>
#include <plumbline/base/text.h>

#include <jansson.h>

/* Reads an object, strictly: no key twice, nothing behind it. PL_INPUT when it is none, PL_MEMORY when there was no memory for it.
 */
pl_status pl_json_read_object(pl_str text, json_t **out);

/* A member that is a text, as a slice of the document; empty when it is not there or is something else. */
pl_str pl_json_member_text(const json_t *object, const char *member);

/* Whether a member is a list that has this text. */
bool pl_json_member_lists(const json_t *object, const char *member, const char *text);

#endif
