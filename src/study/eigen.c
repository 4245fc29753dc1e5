#include "study/eigen.h"

#include <math.h>
#include <stdbool.h>

/* Jacobi's method in cyclic order (Golub and Van Loan, Matrix Computations, section on Jacobi methods): each step turns two rows
 * and columns so that the entry where they meet becomes 0. Some ten rounds are enough for any matrix that fits here. Square roots
 * and the four operations only, which IEEE 754 rounds the same everywhere; LAPACK would be faster and differ in its last bits. */

#define MOST_ROUNDS 60

static void turn(double *a, double *b, size_t stride, size_t count, double c, double s) {
    for (size_t i = 0; i < count; i++) {
        double x = a[i * stride], y = b[i * stride];
        a[i * stride] = c * x - s * y;
        b[i * stride] = s * x + c * y;
    }
}

/* The smaller of the two turns that make the entry 0: its tangent. */
static double tangent(double difference, double entry) {
    double theta = difference / (2 * entry);
    if (fabs(theta) > 1e150) return 1 / (2 * theta);
    double t = 1 / (fabs(theta) + sqrt(theta * theta + 1));
    return theta < 0 ? -t : t;
}

static void make_zero(double *matrix, size_t size, size_t p, size_t q, double *vectors) {
    double entry = matrix[p * size + q];
    double t = tangent(matrix[q * size + q] - matrix[p * size + p], entry);
    double c = 1 / sqrt(t * t + 1), s = t * c;
    double pp = matrix[p * size + p] - t * entry, qq = matrix[q * size + q] + t * entry;
    turn(matrix + p * size, matrix + q * size, 1, size, c, s);
    for (size_t i = 0; i < size; i++) {
        matrix[i * size + p] = matrix[p * size + i];
        matrix[i * size + q] = matrix[q * size + i];
    }
    matrix[p * size + p] = pp;
    matrix[q * size + q] = qq;
    matrix[p * size + q] = matrix[q * size + p] = 0;
    turn(vectors + p * size, vectors + q * size, 1, size, c, s);
}

static double squares(const double *matrix, size_t size, bool diagonal) {
    double sum = 0;
    for (size_t i = 0; i < size; i++)
        for (size_t k = 0; k < size; k++)
            if (diagonal || i != k) sum += matrix[i * size + k] * matrix[i * size + k];
    return sum;
}

static void swap_rows(double *a, double *b, size_t count) {
    for (size_t i = 0; i < count; i++) {
        double x = a[i];
        a[i] = b[i];
        b[i] = x;
    }
}

static void put_in_order(double *values, double *rows, size_t count, size_t size) {
    for (size_t i = 0; i < count; i++) {
        size_t largest = i;
        for (size_t k = i + 1; k < count; k++)
            if (values[k] > values[largest]) largest = k;
        if (largest == i) continue;
        swap_rows(values + i, values + largest, 1);
        swap_rows(rows + i * size, rows + largest * size, size);
    }
}

/* A vector and its negative say the same. The one is shown whose entries add up to more; where they add up to nothing, as those of
 * two against one another do, the one that begins above 0. */
static void point_up(double *row, size_t size) {
    double sum = 0, first = 0;
    for (size_t i = 0; i < size; i++) {
        sum += row[i];
        if (fabs(first) < 1e-9) first = row[i];
    }
    bool down = fabs(sum) > 1e-9 ? sum < 0 : first < 0;
    for (size_t i = 0; i < size && down; i++) row[i] = -row[i];
}

void pl_eigen_symmetric(double *matrix, size_t size, double *values, double *vectors) {
    for (size_t i = 0; i < size * size; i++) vectors[i] = i % (size + 1) == 0;
    double all = squares(matrix, size, true);
    for (int round = 0; round < MOST_ROUNDS && squares(matrix, size, false) > 1e-32 * all; round++)
        for (size_t p = 0; p < size; p++)
            for (size_t q = p + 1; q < size; q++)
                if (matrix[p * size + q] != 0) make_zero(matrix, size, p, q, vectors);
    for (size_t i = 0; i < size; i++) values[i] = matrix[i * size + i];
    put_in_order(values, vectors, size, size);
    for (size_t i = 0; i < size; i++) point_up(vectors + i * size, size);
}

/* ---- varimax ---- */

/* Kaiser, The varimax criterion for analytic rotation in factor analysis, Psychometrika 23 (1958): two rows at a time are turned by
 * the angle f with tan(4 f) = numerator / denominator. Half angles come from square roots. Returns how far it turned. */
static double turn_pair(double *a, double *b, const double *lengths, size_t size) {
    double u_sum = 0, v_sum = 0, difference = 0, product = 0, n = 0;
    for (size_t i = 0; i < size; i++) {
        if (lengths[i] <= 0) continue;
        double x = a[i] / lengths[i], y = b[i] / lengths[i], u = x * x - y * y, v = 2 * x * y;
        u_sum += u;
        v_sum += v;
        difference += u * u - v * v;
        product += u * v;
        n++;
    }
    double down = difference - (u_sum * u_sum - v_sum * v_sum) / n, up = 2 * (product - u_sum * v_sum / n);
    double length = sqrt(up * up + down * down);
    if (!(length > 1e-14 * n)) return 0;
    double cos4 = down / length, cos2 = sqrt(fmax(0, (1 + cos4) / 2));
    double sin2 = cos4 > 0 ? fabs(up) / length / (2 * cos2) : sqrt((1 - cos4) / 2); /* whichever does not cancel */
    double c = sqrt((1 + cos2) / 2), s = sin2 / (2 * c);
    if (up < 0) s = -s;
    turn(a, b, 1, size, c, -s);
    return fabs(s);
}

void pl_varimax(double *loadings, size_t count, size_t size) {
    if (count < 2) return;
    double *lengths = loadings + count * size, *weights = lengths + size;
    for (size_t i = 0; i < size; i++) {
        double sum = 0;
        for (size_t c = 0; c < count; c++) sum += loadings[c * size + i] * loadings[c * size + i];
        lengths[i] = sqrt(sum);
    }
    double farthest = 1;
    for (int round = 0; round < 20 * MOST_ROUNDS && farthest > 1e-12; round++) {
        farthest = 0;
        for (size_t p = 0; p < count; p++)
            for (size_t q = p + 1; q < count; q++)
                farthest = fmax(farthest, turn_pair(loadings + p * size, loadings + q * size, lengths, size));
    }
    for (size_t c = 0; c < count; c++) {
        weights[c] = 0;
        for (size_t i = 0; i < size; i++) weights[c] += loadings[c * size + i] * loadings[c * size + i];
        point_up(loadings + c * size, size);
    }
    put_in_order(weights, loadings, count, size);
}
