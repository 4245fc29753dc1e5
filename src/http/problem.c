#include "http/response.h"

const pl_problem_type pl_problem_bad_request = {"bad-request", 400, {"请求无法理解", "The request cannot be understood"}};
const pl_problem_type pl_problem_bad_target = {"bad-target", 400, {"地址不合法", "The address is not well formed"}};
const pl_problem_type pl_problem_not_authenticated = {"not-authenticated", 401, {"请先登录", "Log in first"}};
const pl_problem_type pl_problem_forbidden = {"forbidden", 403, {"没有权限", "You have no right to do this"}};
const pl_problem_type pl_problem_cross_site = {"cross-site", 403, {"请求来自其他网站", "The request comes from another site"}};
const pl_problem_type pl_problem_not_found = {"not-found", 404, {"没有这个资源", "There is nothing here"}};
const pl_problem_type pl_problem_method = {"method-not-allowed", 405, {"不支持该方法", "The method is not supported here"}};
const pl_problem_type pl_problem_not_acceptable = {
    "not-acceptable", 406, {"无法提供所要的格式", "Not available in the format asked for"}};
const pl_problem_type pl_problem_conflict = {"conflict", 409, {"与现有内容冲突", "This contradicts what is there"}};
const pl_problem_type pl_problem_length_required = {"length-required", 411, {"请求须注明长度", "The request must say its length"}};
const pl_problem_type pl_problem_precondition = {"precondition-failed", 412, {"内容已被他人修改", "Somebody else has changed it"}};
const pl_problem_type pl_problem_too_large = {"too-large", 413, {"内容超过上限", "The content is too large"}};
const pl_problem_type pl_problem_target_too_long = {"target-too-long", 414, {"地址过长", "The address is too long"}};
const pl_problem_type pl_problem_unsupported = {
    "unsupported-media-type", 415, {"不支持该内容类型", "The type of content is not supported"}};
const pl_problem_type pl_problem_wrong_host = {
    "wrong-host", 421, {"主机名不属于本服务器", "The host name is none of this server's"}};
const pl_problem_type pl_problem_invalid = {"invalid", 422, {"内容有误", "The content is wrong"}};
const pl_problem_type pl_problem_too_many = {"too-many-requests", 429, {"请求过于频繁", "Too many requests"}};
const pl_problem_type pl_problem_headers = {"headers-too-large", 431, {"请求头过大", "The headers are too large"}};
const pl_problem_type pl_problem_failed = {"failed", 500, {"服务器出错", "The server failed"}};
const pl_problem_type pl_problem_busy = {"busy", 503, {"服务器繁忙，请稍后再试", "The server is busy; try again later"}};
const pl_problem_type pl_problem_storage = {"no-space", 507, {"存储空间不足", "There is no room left to store this"}};
