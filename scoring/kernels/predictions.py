"""Loops over many models' predictions."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_BESIDE = 8  # models: as many numbers as come together from the memory where models stand side by side
_CROWDED = 128  # stocks in one box
_BUT_SIGN = 2**63 - 1
_BELOW = 64  # stocks of them that are read at once

Numbers = NDArray[np.float64]
Whole = NDArray[np.int64]


def products_by_model(
    first: int, last: int, models: Numbers, target: Numbers, meta: Numbers, sums: Numbers
) -> None:
    """Sums over stocks (4, n) of models (n, s): times target (s,), times meta (s,), plain, and of squares.

    Four models at a time: memory answers four pieces at once sooner than one after the other.
    """
    for i in range(first, last, 4):
        j, k, m = min(i + 1, last - 1), min(i + 2, last - 1), min(i + 3, last - 1)
        of_i, of_j, of_k, of_m = models[i], models[j], models[k], models[m]
        target_i = target_j = target_k = target_m = meta_i = meta_j = meta_k = meta_m = 0.0
        plain_i = plain_j = plain_k = plain_m = squares_i = squares_j = squares_k = squares_m = 0.0
        for stock in range(target.size):
            t, v = target[stock], meta[stock]
            a, b, c, d = of_i[stock], of_j[stock], of_k[stock], of_m[stock]
            target_i, target_j = target_i + t * a, target_j + t * b
            target_k, target_m = target_k + t * c, target_m + t * d
            meta_i, meta_j = meta_i + v * a, meta_j + v * b
            meta_k, meta_m = meta_k + v * c, meta_m + v * d
            plain_i, plain_j, plain_k, plain_m = plain_i + a, plain_j + b, plain_k + c, plain_m + d
            squares_i, squares_j = squares_i + a * a, squares_j + b * b
            squares_k, squares_m = squares_k + c * c, squares_m + d * d
        sums[0, i], sums[1, i], sums[2, i], sums[3, i] = target_i, meta_i, plain_i, squares_i
        sums[0, j], sums[1, j], sums[2, j], sums[3, j] = target_j, meta_j, plain_j, squares_j
        sums[0, k], sums[1, k], sums[2, k], sums[3, k] = target_k, meta_k, plain_k, squares_k
        sums[0, m], sums[1, m], sums[2, m], sums[3, m] = target_m, meta_m, plain_m, squares_m


def products_by_stock(
    first: int, last: int, predictions: Numbers, target: Numbers, meta: Numbers, sums: Numbers
) -> None:
    """The same of predictions (s, n), four stocks at a time: what is added up is read once for them."""
    stocks = target.size
    of_target, of_meta = sums[0, first:last], sums[1, first:last]
    plain, squares = sums[2, first:last], sums[3, first:last]
    sums[:, first:last] = 0.0
    for i in range(0, stocks, 4):
        # past the last stock it is that one again, and counts nothing
        j, k, m = min(i + 1, stocks - 1), min(i + 2, stocks - 1), min(i + 3, stocks - 1)
        of_j, of_k = 1.0 if i + 1 < stocks else 0.0, 1.0 if i + 2 < stocks else 0.0
        of_m = 1.0 if i + 3 < stocks else 0.0
        t_i, t_j, t_k, t_m = target[i], of_j * target[j], of_k * target[k], of_m * target[m]
        v_i, v_j, v_k, v_m = meta[i], of_j * meta[j], of_k * meta[k], of_m * meta[m]
        row_i, row_j = predictions[i, first:last], predictions[j, first:last]
        row_k, row_m = predictions[k, first:last], predictions[m, first:last]
        for model in range(last - first):
            a, b, c, d = row_i[model], row_j[model], row_k[model], row_m[model]
            of_target[model] += t_i * a + t_j * b + t_k * c + t_m * d
            of_meta[model] += v_i * a + v_j * b + v_k * c + v_m * d
            plain[model] += a + of_j * b + of_k * c + of_m * d
            squares[model] += a * a + of_j * (b * b) + of_k * (c * c) + of_m * (d * d)


def sums_by_rank(
    first: int,
    last: int,
    predictions: Numbers,
    lines: Numbers,
    table: Numbers,
    powered: Numbers,
    sums: Numbers,
) -> None:
    """What predictions (s, n) come to once only their places count: (5, n); tables (2s - 1,) as in _ranks.

    Sums over stocks: lines[0] x powered, lines[1] x table, powered, its squares, the table's squares.
    """
    stocks = predictions.shape[0]
    rows, bits = np.empty((_BESIDE, stocks)), np.empty(stocks)
    ordered, order = np.empty(stocks), np.empty(stocks, np.uint32)
    box, ends = np.empty(stocks, np.uint32), np.empty(stocks, np.uint32)
    of_each, powered_of_each = table[::2].copy(), powered[::2].copy()
    of_tied, powered_of_tied = np.empty(stocks), np.empty(stocks)
    both = lines.T.copy()  # what is looked up together lies together
    for start in range(first, last, _BESIDE):
        beside = min(_BESIDE, last - start)
        for block in range(0, stocks, _BELOW):
            for i in range(beside):
                for stock in range(block, min(stocks, block + _BELOW)):
                    rows[i, stock] = predictions[stock, start + i]
        for i in range(beside):
            row, model = rows[i], start + i
            # as many boxes of equal width as stocks, so that most hold one or two. Where most of them stay
            # empty, the width is that of the numbers' bits, whose order is the same
            spread, largest = row, np.uint32(0)
            for attempt in range(2):
                low = high = spread[0]
                for stock in range(stocks):
                    low, high = min(low, spread[stock]), max(high, spread[stock])
                told = 1e-300 < high - low < 1e300
                low, scale = (low, (stocks - 1) / (high - low)) if told else (0.0, 0.0)
                for stock in range(stocks):
                    box[stock] = np.uint32(np.int32((spread[stock] - low) * scale))
                ends[:] = 0
                for stock in range(stocks):
                    ends[box[stock]] += np.uint32(1)
                before = largest = np.uint32(0)
                for at in range(stocks):
                    held = ends[at]
                    largest = max(largest, held)
                    ends[at] = before
                    before += held
                if attempt or largest < _CROWDED:
                    break
                of_row = row.view(np.int64)
                for stock in range(stocks):
                    bits[stock] = of_row[stock] ^ ((of_row[stock] >> 63) & _BUT_SIGN)
                spread = bits
            for stock in range(stocks):
                put = ends[box[stock]]
                ends[box[stock]] += np.uint32(1)
                ordered[put] = row[stock]
                order[put] = stock
            # Shell's sort of the whole, whose first steps are as long as a crowded box asks for
            step = 1
            while 8 * step < largest:
                step = 9 * step // 4 + 1
            while True:
                for j in range(step, stocks):
                    value, at = ordered[j], j
                    if ordered[at - step] > value:
                        who = order[j]
                        while at >= step and ordered[at - step] > value:
                            ordered[at], order[at] = ordered[at - step], order[at - step]
                            at -= step
                        ordered[at], order[at] = value, who
                if step == 1:
                    break
                step = 4 * step // 9
            tied = False
            for j in range(1, stocks):
                tied |= ordered[j] == ordered[j - 1]
            z, q = (of_tied, powered_of_tied) if tied else (of_each, powered_of_each)
            begin = 0
            while tied and begin < stocks:
                end = begin + 1
                while end < stocks and ordered[end] == ordered[begin]:
                    end += 1
                z[begin:end] = table[begin + end - 1]
                q[begin:end] = powered[begin + end - 1]
                begin = end
            hit = beyond = plain = squares = table_squares = 0.0
            for j in range(stocks):
                who = order[j]
                hit += both[who, 0] * q[j]
                beyond += both[who, 1] * z[j]
                plain += q[j]
                squares += q[j] * q[j]
                table_squares += z[j] * z[j]
            sums[0, model], sums[1, model], sums[2, model] = hit, beyond, plain
            sums[3, model], sums[4, model] = squares, table_squares
