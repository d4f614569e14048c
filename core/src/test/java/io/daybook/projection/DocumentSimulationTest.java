package io.daybook.projection;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Random histories of a projection: no document is ever wrong, and mutants of the algorithm are caught. */
class DocumentSimulationTest {

    private static final int HISTORIES = Integer.getInteger("daybook.histories", 1_000);

    @Test
    @Tag("seeds")
    void document_is_never_wrong_and_reaches_the_end() {
        for (long seed = 1; seed <= HISTORIES; seed++) {
            assertThat(DocumentSimulation.run(seed)).as("seed %s", seed).isEmpty();
        }
    }

    @ParameterizedTest
    @Tag("faults")
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '"',
            value = {
                "StreamFolder     ~ if (number == run.number + 1) { ~ if (number == run.number + 1 || event != events.get(0)) {",
                "StreamFolder     ~ if (number == run.number + 1) { ~ if (true) {",
                "StreamFolder     ~ || (number == run.number && event.metadata().eventId().equals(run.eventId))) { ~ || number == run.number) {",
                "StreamDocuments  ~ next.stream().map(List::of) ~ Mutants.anyEtag(documents, next).stream().map(List::of)",
                "StreamDocuments  ~ cache.remove(next.document().key()); ~ // the state stays in memory",
                "StateCache       ~ if (state.isParked()) { ~ if (false) {",
                "ProjectionRunner ~ before.document().gone() ? null : foldOrSkip ~ false ? null : foldOrSkip"
            })
    void mutant_is_caught(String type, String text, String replacement) throws Exception {
        assertThat(Mutants.of(type, text, replacement).caught("DocumentSimulation"))
                .as("what the mutant did wrong")
                .isNotEmpty();
    }
}
