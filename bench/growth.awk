# Draws the table of bench/growth, "panel x seconds megabytes bytes" a line, as four small log-log panels (SVG).
function log10(v) { return log(v) / log(10) }
function place_x(v) { return left + (log10(v) - x_low) / (x_high - x_low) * WIDTH }
function place_y(v) { return top + HEIGHT - (log10(v) - y_low) / (y_high - y_low) * HEIGHT }
function text(x, y, size, anchor, what) {
    printf "<text x=\"%.1f\" y=\"%.1f\" font-size=\"%d\" text-anchor=\"%s\">%s</text>\n", x, y, size, anchor, what
}
function floor(v) { return int(v) - (v < int(v)) }
function ceil(v) { return -floor(-v) }
function curve(panel, values, colour, dashes,    i, points) {
    points = ""
    for (i = 1; i <= count[panel]; i++) points = points sprintf("%.1f,%.1f ", place_x(x[panel, i]), place_y(values[panel, i]))
    printf "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\" stroke-dasharray=\"%s\"/>\n", points, colour, dashes
    for (i = 1; i <= count[panel]; i++)
        printf "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" fill=\"%s\"/>\n", place_x(x[panel, i]), place_y(values[panel, i]), colour
}
function draw(panel, title, column, row,    i, p, low, high) {
    left = 70 + column * 400
    top = 60 + row * 300
    x_low = log10(x[panel, 1])
    x_high = log10(x[panel, count[panel]])
    low = high = seconds[panel, 1]
    for (i = 1; i <= count[panel]; i++) {
        if (seconds[panel, i] < low) low = seconds[panel, i]
        if (seconds[panel, i] > high) high = seconds[panel, i]
        if (memory[panel, i] / 100 < low) low = memory[panel, i] / 100
        if (memory[panel, i] / 100 > high) high = memory[panel, i] / 100
    }
    y_low = floor(log10(low))
    y_high = ceil(log10(high))
    printf "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"none\" stroke=\"#999\"/>\n", left, top, WIDTH, HEIGHT
    for (p = y_low; p <= y_high; p++) {
        printf "<path d=\"M%d %.1fh%d\" stroke=\"#ddd\"/>\n", left, place_y(10 ^ p), WIDTH
        text(left - 6, place_y(10 ^ p) + 4, 11, "end", 10 ^ p " s")
        text(left + WIDTH + 6, place_y(10 ^ p) + 4, 11, "start", 100 * 10 ^ p " MB")
    }
    for (i = 1; i <= count[panel]; i++) text(place_x(x[panel, i]), top + HEIGHT + 16, 11, "middle", x[panel, i])
    text(left, top - 8, 13, "start", title)
    curve(panel, seconds, "#1f77b4", "none")
    curve(panel, memory_drawn, "#d62728", "6 3")
}
{
    n = ++count[$1]
    x[$1, n] = $2
    seconds[$1, n] = $3
    memory[$1, n] = $4
    memory_drawn[$1, n] = $4 / 100
}
END {
    WIDTH = 270
    HEIGHT = 200
    print "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"840\" height=\"640\" font-family=\"sans-serif\">"
    print "<rect width=\"840\" height=\"640\" fill=\"#fff\"/>"
    text(20, 24, 13, "start", "Seconds 用时（秒）: blue, left; peak memory 内存峰值: red, dashed, right")
    draw("units", "units 单位数 (20 indicators; 10^7: 5)", 0, 0)
    draw("indicators", "indicators 指标数 (10^7 values in all 共一千万个值)", 1, 0)
    draw("threads", "threads 线程数 (200,000 x 100)", 0, 1)
    draw("periods", "periods 期数 (10,000 units x 50)", 1, 1)
    print "</svg>"
}
