package io.daybook.readmodel;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * One page of a list, such as the documents that a {@link Filter} selects.
 *
 * @param <T> the type of the items
 * @param items the items, in the order of the list; unmodifiable
 * @param next the position at which the list continues, for {@link Filter#after}; empty if this is the last page
 */
public record Page<T>(List<T> items, Optional<String> next) {

    /**
     * Copies the list.
     *
     * @param items the items
     * @param next the position at which the list continues
     */
    public Page {
        items = List.copyOf(items);
    }

    /**
     * Returns a page with converted items.
     *
     * @param <R> the type of the converted items
     * @param conversion the function that converts an item
     * @return the page with the converted items and the same {@code next}
     */
    public <R> Page<R> map(Function<? super T, ? extends R> conversion) {
        return new Page<>(items.stream().<R>map(conversion).toList(), next);
    }
}
