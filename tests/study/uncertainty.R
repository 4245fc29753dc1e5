# Rank statistics under varied weights, computed by others: Rscript uncertainty.R PLUMBLINE EXAMPLES DATA
#
# The design is COINr's: each weight times a number from 1 - 0.25 to 1 + 0.25, min-max to 0..100, weighted arithmetic means with
# weights rescaled over what is present. The runs are drawn and scored anew here, in base R; where COINr is installed, its own
# get_sensitivity is asked as well. Both differ from the program's by Monte Carlo error and by nothing else.
arguments <- commandArgs(trailingOnly = TRUE)
program <- arguments[1]
data_file <- file.path(arguments[3], "asem/asem_idata.csv")
meta_file <- file.path(arguments[3], "asem/asem_imeta.csv")
runs <- 4000

ours_file <- tempfile(fileext = ".csv")
status <- system2(program, c("robust", file.path(arguments[2], "asem_minmax"), "--data", data_file, "--runs", runs, "--seed", "11",
                             "--format", "csv", "--out", ours_file), stderr = FALSE)
stopifnot(status == 0)
ours <- read.csv(ours_file)

meta <- read.csv(meta_file, stringsAsFactors = FALSE)
data <- read.csv(data_file, stringsAsFactors = FALSE)
meta <- meta[meta$Type %in% c("Indicator", "Aggregate"), ]
leaves <- meta[meta$Type == "Indicator", ]
scores <- sapply(seq_len(nrow(leaves)), function(i) {
    x <- data[[leaves$iCode[i]]]
    u <- (x - min(x, na.rm = TRUE)) / diff(range(x, na.rm = TRUE)) * 100
    if (leaves$Direction[i] == -1) 100 - u else u
})
colnames(scores) <- leaves$iCode
inner <- meta[meta$Type == "Aggregate", ]
inner <- inner[order(inner$Level), ]

one_run <- function(noise) {
    weights <- meta$Weight * (1 + noise * (2 * runif(nrow(meta)) - 1))
    names(weights) <- meta$iCode
    known <- scores
    for (code in inner$iCode) {
        children <- meta$iCode[!is.na(meta$Parent) & meta$Parent == code]
        part <- known[, children, drop = FALSE]
        w <- matrix(weights[children], nrow(part), length(children), byrow = TRUE)
        w[is.na(part)] <- 0
        part[is.na(part)] <- 0
        known <- cbind(known, rowSums(part * w) / rowSums(w))
        colnames(known)[ncol(known)] <- code
    }
    rank(-known[, inner$iCode[nrow(inner)]], ties.method = "min")
}

compare <- function(what, units, nominal, average, median, low, high) {
    at <- match(ours$unit, units)
    stopifnot(!anyNA(at), nrow(ours) == length(units))
    stopifnot(all(ours$place == nominal[at]))
    # Means within five standard errors of the difference of two samples; quantiles of whole places by one at most.
    spread <- pmax((high - low)[at] / 3.29, 0.25)
    off <- abs(ours$mean - average[at]) / (spread * sqrt(2 / runs))
    cat(sprintf("%s: the mean places are off by at most %.2f standard errors, medians by %g, 5 %% by %g, 95 %% by %g\n", what, max(off),
                max(abs(ours$median - median[at])), max(abs(ours$p5 - low[at])), max(abs(ours$p95 - high[at]))))
    stopifnot(max(off) < 5, max(abs(ours$median - median[at])) <= 1, max(abs(ours$p5 - low[at])) <= 1, max(abs(ours$p95 - high[at])) <= 1)
}

set.seed(20)
ranks <- replicate(runs, one_run(0.25))
compare("base R", data$uCode, one_run(0), rowMeans(ranks), apply(ranks, 1, median), apply(ranks, 1, quantile, 0.05),
        apply(ranks, 1, quantile, 0.95))

if (requireNamespace("COINr", quietly = TRUE)) {
    library(COINr)
    coin <- new_coin(data, read.csv(meta_file, stringsAsFactors = FALSE))
    coin <- Normalise(coin, dset = "Raw", global_specs = list(f_n = "n_minmax", f_n_para = list(c(0, 100))))
    coin <- Aggregate(coin, dset = "Normalised", f_ag = "a_amean")
    top <- max(meta$Level)
    noisy <- get_noisy_weights(coin$Meta$Weights$Original, data.frame(Level = seq_len(top - 1), NoiseFactor = 0.25), Nrep = 400)
    specs <- list(Weights = list(Address = "$Log$Aggregate$w", Distribution = noisy, Type = "discrete"))
    theirs <- get_sensitivity(coin, SA_specs = specs, N = 400, SA_type = "UA", dset = "Aggregated", iCode = meta$iCode[meta$Level == top],
                              quietly = TRUE, check_addresses = FALSE)$RankStats
    runs <- 400
    compare("COINr", theirs$uCode, theirs$Nominal, theirs$Mean, theirs$Median, theirs$Q5, theirs$Q95)
} else {
    cat("COINr is not installed; compared with base R alone\n")
}
