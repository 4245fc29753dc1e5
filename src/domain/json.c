#include "domain/json.h"

pl_status pl_json_read_object(pl_str text, json_t **out) {
    json_error_t error;
    *out = json_loadb(text.len ? text.at : "", text.len, JSON_REJECT_DUPLICATES, &error);
    if (!*out) return json_error_code(&error) == json_error_out_of_memory ? PL_MEMORY : PL_INPUT;
    if (json_is_object(*out)) return PL_OK;
    json_decref(*out);
    *out = NULL;
    return PL_INPUT;
}

pl_str pl_json_member_text(const json_t *object, const char *member) {
    const json_t *value = json_object_get(object, member);
    return json_is_string(value) ? (pl_str){json_string_value(value), json_string_length(value)} : (pl_str){NULL, 0};
}

bool pl_json_member_lists(const json_t *object, const char *member, const char *text) {
    const json_t *list = json_object_get(object, member);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *item = json_string_value(json_array_get(list, i));
        if (item && !strcmp(item, text)) return true;
    }
    return false;
}
