package io.daybook.projection;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Random histories of a version that is built, killed in any step and built again; mutants of it are caught. */
class VersionSimulationTest {

    private static final int HISTORIES = Integer.getInteger("daybook.histories", 1_000) / 10;

    @Test
    @Tag("seeds")
    void version_that_is_killed_at_any_step_is_complete_in_the_end() {
        for (long seed = 1; seed <= HISTORIES; seed++) {
            assertThat(VersionSimulation.run(seed)).as("seed %s", seed).isEmpty();
        }
    }

    @ParameterizedTest
    @Tag("faults")
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '"',
            value = {
                "EventScan     ~ if (!unwritten.isEmpty()) { ~ if (false) {",
                "EventScan     ~ target.flush(); ~ // what is kept is not written",
                "KeptStates    ~ runner.settle(each.stream(), each.number(), each.eventId()); ~ // the loser is forgotten",
                "KeptStates    ~ return eldest.hasNext() ? eldest.next().page : Long.MAX_VALUE; ~ return Long.MAX_VALUE;",
                "VersionRunner ~ if (!isChecked && ~ if (false &&",
                "VersionRunner ~ documents.drop(); ~ // the documents stay"
            })
    void mutant_is_caught(String type, String text, String replacement) throws Exception {
        assertThat(Mutants.of(type, text, replacement).caught("VersionSimulation"))
                .as("what the mutant did wrong")
                .isNotEmpty();
    }
}
