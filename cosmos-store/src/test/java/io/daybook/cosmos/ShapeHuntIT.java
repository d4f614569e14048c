package io.daybook.cosmos;

import static org.assertj.core.api.Assertions.assertThat;

import io.daybook.cosmos.server.TestDatabase;
import io.daybook.eventstore.EventStore;
import io.daybook.serialization.EventSerializer;
import io.daybook.shapes.ShapeCase;
import io.daybook.shapes.ShapeHunt;
import io.daybook.shapes.ShapeTrial;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The service keeps what the in-memory store keeps, and rejects what that rejects. */
@Tag("faults")
class ShapeHuntIT {

    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.create();

    /** A command is kept as its fingerprint, which is made before any store is asked. */
    private static final List<String> COMMANDS = List.of("Primitives", "Tree", "ByName", "PlainSealed", "TextKeys");

    static List<ShapeCase> shapes() {
        return ShapeHunt.all().stream()
                .filter(shape -> !ShapeHunt.expectedOfEvent(shape).equals("START"))
                .toList();
    }

    static List<ShapeCase> commands() {
        return ShapeHunt.all().stream()
                .filter(shape -> COMMANDS.contains(shape.name()))
                .toList();
    }

    private EventStore store(EventSerializer serializer) {
        return CosmosEventStore.of(DATABASE.containers(), serializer);
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void reads_events_as_they_were_raised(ShapeCase shape) {
        assertThat(new ShapeTrial(shape).asEvent(this::store)).isEqualTo(ShapeHunt.expectedOfEvent(shape));
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void restores_states_as_they_were_taken(ShapeCase shape) {
        assertThat(new ShapeTrial(shape).asState(CosmosSnapshotStore.of(DATABASE.containers())))
                .isEqualTo(ShapeHunt.expectedOfState(shape));
    }

    @ParameterizedTest
    @MethodSource("commands")
    void distinguishes_different_commands(ShapeCase shape) {
        assertThat(new ShapeTrial(shape).asCommand(this::store)).isEqualTo(ShapeHunt.expectedOfCommand(shape));
    }

    @Test
    void tries_every_command_of_the_list() {
        assertThat(commands()).hasSameSizeAs(COMMANDS);
    }
}
