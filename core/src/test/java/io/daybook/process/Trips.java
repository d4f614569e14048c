package io.daybook.process;

import io.daybook.aggregate.AggregateRepository;
import io.daybook.aggregate.AggregateRoot;
import io.daybook.aggregate.AggregateType;
import io.daybook.command.Command;
import io.daybook.command.CommandBus;
import io.daybook.event.DomainEvent;
import io.daybook.event.EventType;
import io.daybook.event.EventTypes;
import io.daybook.eventstore.EventStore;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

/** The booking of trips: the domain and the process that the tests of this package use. */
final class Trips {

    sealed interface TripEvent extends DomainEvent {}

    @EventType("TripRequested")
    record TripRequested(String tripId, String flightId) implements TripEvent {}

    @EventType("TripPaid")
    record TripPaid(String tripId) implements TripEvent {}

    @EventType("TripConfirmed")
    record TripConfirmed(String tripId) implements TripEvent {}

    @EventType("TripCanceled")
    record TripCanceled(String tripId, String reason) implements TripEvent {}

    sealed interface FlightEvent extends DomainEvent {}

    @EventType("FlightPlanned")
    record FlightPlanned(String flightId, int seats) implements FlightEvent {}

    @EventType("SeatHeld")
    record SeatHeld(String flightId, String tripId) implements FlightEvent {}

    @EventType("SeatReleased")
    record SeatReleased(String flightId, String tripId) implements FlightEvent {}

    record ConfirmTrip(String aggregateId) implements Command {}

    record CancelTrip(String aggregateId, String reason) implements Command {}

    record HoldSeat(String aggregateId, String tripId) implements Command {}

    record ReleaseSeat(String aggregateId, String tripId) implements Command {}

    static final class Trip extends AggregateRoot<TripEvent> {
        static final AggregateType<Trip, TripEvent> TYPE = AggregateType.named("Trip", TripEvent.class, Trip::new)
                .on(TripRequested.class, (trip, event) -> {})
                .on(TripPaid.class, (trip, event) -> {})
                .on(TripConfirmed.class, (trip, event) -> trip.over = true)
                .on(TripCanceled.class, (trip, event) -> trip.over = true)
                .build();

        private boolean over;

        void request(String flight) {
            raise(new TripRequested(id(), flight));
        }

        void pay() {
            raise(new TripPaid(id()));
        }

        void confirm() {
            require(!over, "the trip is over");
            raise(new TripConfirmed(id()));
        }

        void cancel(String reason) {
            require(!over, "the trip is over");
            raise(new TripCanceled(id(), reason));
        }
    }

    static final class Flight extends AggregateRoot<FlightEvent> {
        static final AggregateType<Flight, FlightEvent> TYPE = AggregateType.named(
                        "Flight", FlightEvent.class, Flight::new)
                .on(FlightPlanned.class, (flight, event) -> flight.seats = event.seats())
                .on(SeatHeld.class, (flight, event) -> flight.held.add(event.tripId()))
                .on(SeatReleased.class, (flight, event) -> flight.held.remove(event.tripId()))
                .build();

        private final Set<String> held = new HashSet<>();
        private int seats;

        void plan(int seats) {
            raise(new FlightPlanned(id(), seats));
        }

        void hold(String trip) {
            require(held.size() < seats, "the flight is sold out");
            raise(new SeatHeld(id(), trip));
        }

        void release(String trip) {
            require(held.contains(trip), "no seat is held");
            raise(new SeatReleased(id(), trip));
        }
    }

    record Booking(String tripId, String flightId) {}

    static final Duration TIME_TO_PAY = Duration.ofMinutes(15);

    /** Sends a command and has no handler for its rejection. */
    static final ProcessManager<Booking> HOLDING = ProcessManager.named("Plain", 1, Booking.class)
            .startsWith(
                    TripRequested.class,
                    TripRequested::tripId,
                    (step, event) -> step.send("hold", new HoldSeat(event.flightId(), event.tripId())))
            .build();

    static final ProcessManager<Booking> BOOKING = ProcessManager.named("Booking", 1, Booking.class)
            .startsWith(
                    TripRequested.class,
                    TripRequested::tripId,
                    (step, event) -> step.become(new Booking(event.tripId(), event.flightId()))
                            .send("hold", new HoldSeat(event.flightId(), event.tripId()))
                            .timer("unpaid", TIME_TO_PAY))
            .on(
                    TripPaid.class,
                    TripPaid::tripId,
                    (step, event) -> step.send("confirm", new ConfirmTrip(event.tripId()))
                            .end())
            .onTimer(
                    "unpaid",
                    step -> step.send(
                                    "release",
                                    new ReleaseSeat(
                                            step.state().flightId(),
                                            step.state().tripId()))
                            .send("cancel", new CancelTrip(step.state().tripId(), "not paid in time"))
                            .end())
            .onRejected(
                    "hold",
                    (step, rejection) -> step.send(
                                    "cancel", new CancelTrip(step.state().tripId(), "sold out"))
                            .end())
            .build();

    static final EventTypes EVENTS = Trip.TYPE.eventTypes().and(Flight.TYPE.eventTypes());

    private Trips() {}

    static CommandBus bus(EventStore store) {
        AggregateRepository<Trip> trips = AggregateRepository.of(Trip.TYPE, store);
        AggregateRepository<Flight> flights = AggregateRepository.of(Flight.TYPE, store);
        return CommandBus.builder()
                .updating(ConfirmTrip.class, trips, (trip, command, context) -> trip.confirm())
                .updating(CancelTrip.class, trips, (trip, command, context) -> trip.cancel(command.reason()))
                .updating(HoldSeat.class, flights, (flight, command, context) -> flight.hold(command.tripId()))
                .updating(ReleaseSeat.class, flights, (flight, command, context) -> flight.release(command.tripId()))
                .build();
    }
}
