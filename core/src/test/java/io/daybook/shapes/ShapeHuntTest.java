package io.daybook.shapes;

import static org.assertj.core.api.Assertions.assertThat;

import io.daybook.inmemory.InMemoryEventStore;
import io.daybook.inmemory.InMemorySnapshotStore;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is stored is what is read, or is refused before: see {@code shapes.txt}. */
@Tag("faults")
class ShapeHuntTest {

    static List<ShapeCase> shapes() {
        return ShapeHunt.all();
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void reads_events_as_they_were_raised(ShapeCase shape) {
        assertThat(new ShapeTrial(shape).asEvent(InMemoryEventStore::new)).isEqualTo(ShapeHunt.expectedOfEvent(shape));
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void distinguishes_different_commands(ShapeCase shape) {
        assertThat(new ShapeTrial(shape).asCommand(InMemoryEventStore::new))
                .isEqualTo(ShapeHunt.expectedOfCommand(shape));
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void restores_states_as_they_were_taken(ShapeCase shape) {
        assertThat(new ShapeTrial(shape).asState(new InMemorySnapshotStore()))
                .isEqualTo(ShapeHunt.expectedOfState(shape));
    }

    @Test
    void no_shape_is_tried_twice() {
        Set<String> names = new HashSet<>();
        assertThat(shapes()).allMatch(shape -> names.add(shape.name()));
    }

    @Test
    void no_fault_is_expected() {
        assertThat(shapes())
                .allSatisfy(shape -> assertThat(ShapeHunt.expectedOfEvent(shape)
                                + ShapeHunt.expectedOfCommand(shape)
                                + ShapeHunt.expectedOfState(shape))
                        .matches("[=r~ ]*|START.*|.*START")
                        .doesNotContain("FAULT"));
    }
}
