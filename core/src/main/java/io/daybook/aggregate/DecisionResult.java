package io.daybook.aggregate;

import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The result of a decision that returns a value. Immutable.
 *
 * <pre>{@code
 * DecisionResult<Boolean> result = orders.updateReturning("42", Cause.unknown(), Order::isShipped);
 * boolean shipped = result.value().orElseThrow();
 * }</pre>
 *
 * @param <R> the type of the value
 * @param change the result of the update
 * @param value what the decision returned; empty if the command had been handled before, since its first value is not stored
 */
public record DecisionResult<R>(Change change, Optional<R> value) {

    static <A, R> DecisionResult<R> of(Function<A, R> decision, Function<Consumer<A>, Change> saving) {
        Last<A, R> last = new Last<>(decision);
        Change change = saving.apply(last);
        return new DecisionResult<>(change, change.duplicate() ? Optional.empty() : Optional.ofNullable(last.value));
    }

    /** Keeps the value of the last time that the decision was made. Used by one thread. */
    private static final class Last<A, R> implements Consumer<A> {

        private final Function<A, R> decision;
        private @Nullable R value;

        private Last(Function<A, R> decision) {
            this.decision = decision;
        }

        @Override
        public void accept(A aggregate) {
            @Nullable R returned = decision.apply(aggregate);
            if (returned == null) {
                throw new IllegalStateException(
                        "a decision returned null, so nothing was stored: return a value, or use the method without one");
            }
            value = returned;
        }
    }
}
