#!/usr/bin/env Rscript
# Holds `plumbline structure` to R's own cor, prcomp, eigen, varimax, loess: structure.R PLUMBLINE PROJECT. What is compared are the
# figures of the CSV output; R starts from the scores that `plumbline score --stage aggregated` gives. Weights that the program
# says meet their aim are put into R, which combines the scores with them and looks whether they do.
arguments <- commandArgs(trailingOnly = TRUE)
plumbline <- normalizePath(arguments[1])
project <- normalizePath(arguments[2])
compared <- 0

near <- function(what, found, wanted, tolerance = 1e-9) {
    compared <<- compared + length(found)
    if (length(found) != length(wanted) || any(is.na(found) != is.na(wanted)) || any(abs(found - wanted) > tolerance, na.rm = TRUE))
        stop(sprintf("%s: plumbline says %s, R %s", what, paste(found, collapse = " "), paste(wanted, collapse = " ")))
}

read <- function(...) read.csv(text = system2(plumbline, c(...), stdout = TRUE, stderr = FALSE), check.names = FALSE)

alpha <- function(x) {
    v <- cov(x)
    ncol(x) / (ncol(x) - 1) * (1 - sum(diag(v)) / sum(v))
}

curve_share <- function(x, y) {
    fit <- loess(y ~ x, degree = 1, span = floor(length(x) / 2) / length(x), control = loess.control(surface = "direct"))
    var(fitted(fit)) / var(y)
}

# Of a vector and its negative the program shows the one that adds up to more; else the one that begins above 0.
up <- function(v) if (if (abs(sum(v)) > 1e-9) sum(v) < 0 else v[abs(v) >= 1e-9][1] < 0) -v else v

check_node <- function(figures, scores, node, children, total) {
    figure <- function(name, with = NULL) {
        rows <- figures[figures$node == node & figures$figure == name, ]
        if (!is.null(with)) rows <- rows[!is.na(rows$with) & rows$with == with, ]
        rows$value
    }
    x <- as.matrix(scores[, children])
    y <- scores[, node]
    r <- cor(x, y, use = "pairwise.complete.obs")[, 1]
    near(paste(node, "correlation"), figure("correlation"), unname(r))
    near(paste(node, "influence"), figure("influence"), unname(r^2 / sum(r^2)))
    near(paste(node, "with total"), figure("with_total"), unname(cor(x, scores[, total], use = "pairwise.complete.obs")[, 1]))
    pairs <- cor(x, use = "pairwise.complete.obs")
    near(paste(node, "pairs"), figure("pair"), unname(pairs[lower.tri(pairs)]))
    full <- x[complete.cases(x), , drop = FALSE]
    near(paste(node, "complete"), figure("complete"), nrow(full))
    near(paste(node, "alpha"), figure("alpha"), alpha(full))
    if (length(children) > 2)
        near(paste(node, "alpha without"), figure("alpha_without"), sapply(seq_along(children), function(i) alpha(full[, -i])))
    values <- eigen(cor(full), symmetric = TRUE)
    near(paste(node, "eigenvalues"), figure("eigenvalue"), values$values)
    near(paste(node, "prcomp"), sqrt(figure("eigenvalue")), prcomp(full, scale. = TRUE)$sdev)
    for (k in seq_along(children)) {
        loadings <- values$vectors[, k] * sqrt(values$values[k])
        near(paste(node, "loadings", k), figure("loading", k), up(loadings), 1e-8)
    }
    kept <- figure("dimensions")
    near(paste(node, "dimensions"), kept, sum(values$values > 1))
    if (kept > 1) {
        l <- values$vectors[, 1:kept] %*% diag(sqrt(values$values[1:kept]))
        turned <- unclass(varimax(l, eps = 1e-15)$loadings)
        turned <- turned[, order(-colSums(turned^2))]
        for (k in 1:kept) {
            near(paste(node, "varimax", k), figure("turned", k), unname(up(turned[, k])), 1e-5)
        }
    }
    for (i in seq_along(children)) {
        both <- complete.cases(x[, i], y)
        # R's loess has no answer where half of the units share a value.
        if (sum(both) >= 30 && length(unique(x[both, i])) == sum(both))
            near(paste(node, children[i], "curve"), figure("curve")[i], curve_share(x[both, i], y[both]), 1e-6)
    }
}

check_weights <- function(arguments, scores, node, children, aims) {
    figures <- read("structure", arguments, "--node", node, "--format", "csv", "--target", if (is.null(aims)) "equal" else "nominal")
    figure <- function(name) figures$value[figures$node == node & figures$figure == name]
    if (is.null(aims)) aims <- rep(1 / length(children), length(children))
    w <- figure("found_weight")
    x <- as.matrix(scores[, children])
    near(paste(node, "weights"), sum(w), 1)
    if (any(w < 0)) stop("a weight under 0")
    y <- apply(x, 1, function(row) weighted.mean(row[!is.na(row)], w[!is.na(row)]))
    r <- cor(x, y, use = "pairwise.complete.obs")[, 1]
    s <- unname(r * abs(r) / sum(r^2))
    near(paste(node, "influence then"), figure("found_influence"), s)
    s - aims
}

work <- tempfile("structure")
dir.create(work)
writeLines(c("code,parent,weight,score", "t,,,", "p,t,3,", "q,t,1,", paste0("a", 1:5, ",p,", 1:5, ",x"), paste0("b", 1:3, ",q,", 3:1, ",x")),
    file.path(work, "indicators.csv"))
set.seed(7, "Mersenne-Twister", "Inversion", "Rejection")
base <- matrix(rnorm(80 * 3), 80)
x <- cbind(base[, 1] + matrix(rnorm(80 * 3), 80) * 0.7, base[, 2] * c(1, -0.5)[rep(1:2, 40)] + rnorm(80) * 0.3, base[, 2] + rnorm(80) * 0.5,
    base[, 3] * 3 + 5, base[, 3]^2 + rnorm(80) * 0.2, rnorm(80))
data <- data.frame(unit = paste0("u", 1:80), x)
names(data)[-1] <- c(paste0("a", 1:5), paste0("b", 1:3))
data[c(3, 9), "a2"] <- NA
data[17, "a5"] <- NA
write.csv(format(data, digits = 17), file.path(work, "data.csv"), row.names = FALSE, quote = FALSE)
text <- gsub("NA", "", readLines(file.path(work, "data.csv")))
writeLines(gsub(" ", "", text), file.path(work, "data.csv"))

scores <- read("score", work, "--stage", "aggregated", "--format", "csv")
figures <- read("structure", work, "--format", "csv")
check_node(figures, scores, "t", c("p", "q"), "t")
check_node(figures, scores, "p", paste0("a", 1:5), "t")
check_node(figures, scores, "q", paste0("b", 1:3), "t")
near("equal influence of two", check_weights(work, scores, "t", c("p", "q"), NULL), c(0, 0))
near("equal influence of three", check_weights(work, scores, "q", paste0("b", 1:3), NULL), rep(0, 3))
near("nominal influence", check_weights(work, scores, "q", paste0("b", 1:3), (3:1) / 6), rep(0, 3))
near("with values missing", check_weights(work, scores, "p", paste0("a", 1:5), NULL), rep(0, 5))

asem <- file.path(project, "../shared/data/asem/asem_idata.csv")
if (file.exists(asem)) {
    of_asem <- c(file.path(project, "examples/asem_minmax"), "--data", asem)
    sheet <- read.csv(file.path(project, "examples/asem_minmax/indicators.csv"))
    scores <- read("score", of_asem, "--stage", "aggregated", "--format", "csv")
    figures <- read("structure", of_asem, "--format", "csv")
    for (node in unique(sheet$parent[sheet$parent != ""])) check_node(figures, scores, node, sheet$code[sheet$parent == node], "Index")
    near("equal influence in ASEM", check_weights(of_asem, scores, "Index", c("Conn", "Sust"), NULL), c(0, 0))
}
unlink(work, recursive = TRUE)
cat(compared, "figures agree with R\n")
