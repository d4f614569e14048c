package io.daybook.aggregate;

import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** An update that returns a value. It keeps the value of the attempt that was stored. Confined to one thread. */
final class ReturningUpdate<A, R> implements Consumer<A> {

    private final Function<A, R> update;
    private @Nullable R value;

    private ReturningUpdate(Function<A, R> update) {
        this.update = update;
    }

    static <A, R> UpdateResult<R> run(Function<A, R> update, Function<Consumer<A>, UpdateResult<Void>> run) {
        ReturningUpdate<A, R> returning = new ReturningUpdate<>(update);
        UpdateResult<Void> result = run.apply(returning);
        return new UpdateResult<>(
                result.stream(),
                result.version(),
                result.eventCount(),
                result.duplicate(),
                result.retries(),
                result.duplicate() ? Optional.empty() : Optional.ofNullable(returning.value));
    }

    @Override
    public void accept(A aggregate) {
        @Nullable R returned = update.apply(aggregate);
        if (returned == null) {
            throw new IllegalStateException(
                    "a decision returned null, so nothing was stored: return a value, or use the method that returns none");
        }
        value = returned;
    }
}
