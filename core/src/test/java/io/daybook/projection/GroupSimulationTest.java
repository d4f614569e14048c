package io.daybook.projection;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Random histories of a grouped projection: no summary is ever wrong, and mutants of the algorithm are caught. */
class GroupSimulationTest {

    private static final int HISTORIES = Integer.getInteger("daybook.histories", 1_000);

    @Test
    @Tag("seeds")
    void summary_is_never_wrong_and_reaches_the_end() {
        for (long seed = 1; seed <= HISTORIES; seed++) {
            assertThat(GroupSimulation.run(seed)).as("seed %s", seed).isEmpty();
        }
    }

    /** Histories in which a contribution of a slow worker stayed: its stream had lost events, moved and was deleted. */
    @ParameterizedTest
    @ValueSource(longs = {2722, 180_022, 236_935, 258_586})
    void contribution_of_a_slow_worker_does_not_stay(long seed) {
        assertThat(GroupSimulation.run(seed)).isEmpty();
    }

    @ParameterizedTest
    @Tag("faults")
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '"',
            value = {
                "Move             ~ add(folded.groups()); ~ add(folded.groups().subList(Math.max(0, folded.groups().size() - 1), folded.groups().size()));",
                "Move             ~ .position(folded.number(), folded.eventId()) ~ .position(group.equals(last) ? folded.number() : 0, group.equals(last) ? folded.eventId() : \"\")",
                "Move             ~ if (named.contains(group) && isUnsettled(contribution)) { ~ if (false) {",
                "GroupRunner      ~ writeGroups(moves); ~ writeStreams(moves, failures); writeGroups(moves);",
                "Move             ~ return named.isEmpty() && !groups.isEmpty(); ~ return false;",
                "GroupWriter      ~ writes.add(batch); ~ writes.add(Mutants.anyEtag(documents, batch));",
                "GroupWriter      ~ group.lost(); ~ group.written();",
                "GroupWriter      ~ if (move.isDisputed(stored) && isLost(move.folded())) { ~ if (false) {",
                "StreamFolder     ~ if (number == run.number + 1) { ~ if (number == run.number + 1 || event != events.get(0)) {",
                "StreamFolder     ~ if (number == run.number + 1) { ~ if (true) {",
                "StreamDocuments  ~ next.stream().map(List::of) ~ Mutants.anyEtag(documents, next).stream().map(List::of)",
                "StreamDocuments  ~ cache.remove(next.document().key()); ~ // the state stays in memory",
                "StreamFolder     ~ || (number == run.number && event.metadata().eventId().equals(run.eventId))) { ~ || number == run.number) {",
                "GroupedReadModel ~ return document(group, read(group), token); ~ return document(group, stored, token);",
                "ReadRepair       ~ if (failed > 0 && state.number() < version) { ~ if (false) {"
            })
    void mutant_is_caught(String type, String text, String replacement) throws Exception {
        assertThat(Mutants.of(type, text, replacement).caught("GroupSimulation"))
                .as("what the mutant did wrong")
                .isNotEmpty();
    }
}
