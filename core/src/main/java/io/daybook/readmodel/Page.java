package io.daybook.readmodel;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * A page of a list, see {@link Filter}.
 *
 * @param <T> the type of the items
 * @param items the items, in the order of the list; unmodifiable
 * @param next continues the list, see {@link Filter#after}; empty if this is the last page
 */
public record Page<T>(List<T> items, Optional<String> next) {

    /**
     * Copies the list.
     *
     * @param items the items
     * @param next continues the list
     */
    public Page {
        items = List.copyOf(items);
    }

    /**
     * Converts the items.
     *
     * @param <R> the type of the converted items
     * @param conversion converts one item
     * @return the page with the converted items
     */
    public <R> Page<R> map(Function<? super T, ? extends R> conversion) {
        return new Page<>(items.stream().<R>map(conversion).toList(), next);
    }
}
