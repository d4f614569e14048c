package io.daybook.testkit;

import io.daybook.aggregate.AggregateRoot;
import io.daybook.aggregate.AggregateType;
import io.daybook.event.DomainEvent;
import io.daybook.event.EventTypes;
import io.daybook.serialization.EventSerializer;
import io.daybook.serialization.JacksonEventSerializer;
import io.daybook.serialization.Upcaster;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A given-when-then test of one decision of an aggregate: given past events, when the decision runs, then new events
 * are raised.
 *
 * <pre>{@code
 * AggregateScenario.of(Order.TYPE)
 *         .given(new OrderCreated("42", "alice"))
 *         .when(order -> order.ship("1Z999", Instant.EPOCH))
 *         .then(new OrderShipped("42", "1Z999", Instant.EPOCH));
 * }</pre>
 *
 * <p>Each scenario also runs checks that need no code in the test, for faults that would otherwise remain unnoticed:
 *
 * <ul>
 *   <li>Every event is equal after a round trip through JSON.
 *   <li>The decision does not swallow an exception that {@code raise} throws.
 *   <li>Replaying the events results in the state that the aggregate had when it raised them.
 *   <li>If the type has snapshots, a snapshot taken after any of the events is equal after a round trip through JSON, is not modified by
 *       later events, and results in the same state when the remaining events are replayed.
 *   <li>The previous scenario on the same thread ended with a {@code then} method.
 * </ul>
 *
 * <p>States are compared by their fields, not by {@code equals}. The order of linked and sorted collections matters.
 * Transient fields are ignored, as are members without state, such as loggers, locks and lambdas.
 *
 * <p>Failed checks throw {@link AssertionError}. Not thread-safe.
 *
 * @param <A> the aggregate's class
 * @param <E> the sealed interface of its events
 */
public final class AggregateScenario<A extends AggregateRoot<E>, E extends DomainEvent> {

    private final AggregateType<A, E> type;
    private final String id;
    private final EventSerializer serializer;

    private AggregateScenario(AggregateType<A, E> type, String id, EventSerializer serializer) {
        this.type = type;
        this.id = id;
        this.serializer = serializer;
    }

    /**
     * Creates a scenario for an aggregate with the id {@code 42}. Its events are written with the mapper of the
     * aggregate type, or else with the settings of {@code JacksonDefaults}.
     *
     * @param <A> the aggregate's class
     * @param <E> the sealed interface of its events
     * @param type the type of the aggregate
     * @return the scenario
     */
    @CheckReturnValue
    public static <A extends AggregateRoot<E>, E extends DomainEvent> AggregateScenario<A, E> of(
            AggregateType<A, E> type) {
        return new AggregateScenario<>(
                type, "42", JacksonEventSerializer.of(type.eventTypes(), standIns(type.eventTypes())));
    }

    /**
     * Creates placeholder upcasters. A scenario never reads JSON of older versions, so the effect of the upcasters does
     * not matter.
     */
    static Upcaster[] standIns(EventTypes types) {
        return types.all().stream()
                .flatMap(type -> IntStream.range(1, type.version())
                        .mapToObj(version -> Upcaster.of(type.name(), version, json -> json)))
                .toArray(Upcaster[]::new);
    }

    /**
     * Sets the id of the aggregate.
     *
     * @param id the id
     * @return a scenario with that id
     */
    @CheckReturnValue
    public AggregateScenario<A, E> id(String id) {
        return new AggregateScenario<>(type, id, serializer);
    }

    /**
     * Sets the serializer for the JSON round trip of events. Call this method if the application does not use the
     * default serializer.
     *
     * @param serializer the serializer that the application uses
     * @return a scenario with that serializer
     */
    @CheckReturnValue
    public AggregateScenario<A, E> serializer(EventSerializer serializer) {
        return new AggregateScenario<>(type, id, serializer);
    }

    /**
     * Sets the past events.
     *
     * @param events the stored events, in order; none for an aggregate that does not exist yet
     * @return the next phase
     */
    @SafeVarargs
    @CheckReturnValue
    public final Given<A, E> given(E... events) {
        return new Given<>(type, id, new UnaskedChecks<>(type, id, serializer), List.of(events));
    }

    /**
     * The phase of a scenario in which the past events are set.
     *
     * @param <A> the aggregate's class
     * @param <E> the sealed interface of its events
     */
    public static final class Given<A extends AggregateRoot<E>, E extends DomainEvent> {

        private final AggregateType<A, E> type;
        private final String id;
        private final UnaskedChecks<A, E> checks;
        private final List<E> events;

        private Given(AggregateType<A, E> type, String id, UnaskedChecks<A, E> checks, List<E> events) {
            this.type = type;
            this.id = id;
            this.checks = checks;
            this.events = events;
        }

        /**
         * Runs the decision and the automatic checks. The outcome of the decision itself, including an exception that it threw, is not
         * checked until the last phase.
         *
         * @param decision calls methods of the aggregate
         * @return the last phase; call one of its methods
         * @throws AssertionError if one of the automatic checks fails, or if the previous scenario on the same thread
         *     ended without a {@code then} method
         */
        @CheckReturnValue
        public Then<A, E> when(Consumer<A> decision) {
            PendingOutcome.requireLastChecked();
            A aggregate = type.replay(type.newInstance(id), events);
            RuntimeException rejection = null;
            try {
                decision.accept(aggregate);
            } catch (RuntimeException e) {
                rejection = e; // evaluated by the next phase, which states whether it was expected
            }
            checks.run(events, aggregate, rejection == null);
            return new Then<>(aggregate, rejection);
        }
    }

    /**
     * The last phase of a scenario, which checks the result of the decision.
     *
     * @param <A> the aggregate's class
     * @param <E> the sealed interface of its events
     */
    public static final class Then<A extends AggregateRoot<E>, E extends DomainEvent> {

        private final A aggregate;
        private final @Nullable RuntimeException rejection;
        private final PendingOutcome outcome = new PendingOutcome();

        private Then(A aggregate, @Nullable RuntimeException rejection) {
            this.aggregate = aggregate;
            this.rejection = rejection;
        }

        /**
         * Checks that exactly these events were raised, in this order.
         *
         * @param expected the events; none if nothing should change
         * @return this phase
         * @throws AssertionError if other events were raised, or the decision threw an exception
         */
        @SafeVarargs
        public final Then<A, E> then(E... expected) {
            requireAccepted();
            if (!aggregate.raisedEvents().equals(List.of(expected))) {
                throw new AssertionError(
                        "expected the events " + List.of(expected) + "\nbut raised: " + aggregate.raisedEvents());
            }
            return this;
        }

        /**
         * Checks the state of the aggregate after the decision.
         *
         * @param check throws an {@link AssertionError} if the state is not as expected
         * @return this phase
         * @throws AssertionError if the check fails, or if the decision threw an exception
         */
        public Then<A, E> thenState(Consumer<A> check) {
            requireAccepted();
            check.accept(aggregate);
            return this;
        }

        /**
         * Checks that the decision threw an exception.
         *
         * @param <X> the type of the rejection
         * @param expected the class of the rejection, such as {@code DomainException.class}
         * @param message part of its message
         * @return the rejection, for further checks
         * @throws AssertionError if the decision threw no exception or a different one
         */
        public <X extends RuntimeException> X thenRejected(Class<X> expected, String message) {
            outcome.checked();
            if (rejection == null) {
                throw new AssertionError("expected the exception " + expected.getSimpleName() + " with the message \""
                        + message + "\"\nbut no exception was thrown. Raised: " + aggregate.raisedEvents());
            }
            if (!expected.isInstance(rejection)
                    || !Objects.requireNonNullElse(rejection.getMessage(), "").contains(message)) {
                throw new AssertionError(
                        "expected the exception " + expected.getSimpleName() + " with the message \"" + message
                                + "\"\nbut it was " + rejection,
                        rejection);
            }
            return expected.cast(rejection);
        }

        private void requireAccepted() {
            outcome.checked();
            if (rejection != null) {
                throw new AssertionError(
                        "expected the decision to be accepted\nbut it was rejected: " + rejection, rejection);
            }
        }
    }
}
