package io.daybook.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.daybook.projection.Mutants;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Random histories of a process: each effect happens once, nothing is lost, and mutants of the algorithm are caught. */
class ProcessSimulationTest {

    private static final int HISTORIES = Integer.getInteger("daybook.histories", 1_000);

    @Test
    @Tag("seeds")
    void each_effect_happens_once_and_nothing_is_lost() {
        for (long seed = 1; seed <= HISTORIES; seed++) {
            assertThat(ProcessSimulation.run(seed)).as("seed %s", seed).isEmpty();
        }
    }

    /** Otherwise, the mutants might be caught because of how they are loaded. */
    @Test
    @Tag("faults")
    void program_that_is_compiled_without_a_change_is_not_caught() throws Exception {
        Mutants unchanged = Mutants.of("io.daybook.process", "Decider", "final class Decider", "final class Decider");

        assertThat(unchanged.caught("ProcessSimulation", 20)).isEmpty();
    }

    @ParameterizedTest
    @Tag("faults")
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '"',
            value = {
                "Instance        ~ timers.values().removeIf(timer -> timer.key().equals(step.cause().key())); ~ // it stays",
                "Instance        ~ step.canceledTimers().forEach(timers::remove); ~ // they stay",
                "Instance        ~ Pending command = unanswered.remove(answered.key()); ~ Pending command = unanswered.get(answered.key());",
                "Decider         ~ return instance.isNew() && ~ return false &&",
                "ProcessWorker   ~ counters.repeatedInputs.increment(); ~ streams.history(stream).forEach(each -> ((ProcessEvent) each.event() instanceof StepTaken step ? step.commands() : List.<ProcessEvent.SentCommand>of()).forEach(command -> effects.send(stream, new Pending(command, 1, each.metadata(), settings.now(), 0, null))));",
                "CommandDispatch ~ .recordRejections() ~ \"\"",
                "ProcessWorker   ~ boolean waits = next != null ~ boolean waits = true",
                "Decider         ~ input == null || instance.hasSeen(cause) ~ input == null",
                "ProcessWorker   ~ keys.add(ALL); ~ keys.remove(ALL);",
                "ProcessWorker   ~ eventStore.readCurrent(source, cause.sequenceNumber() - 1) ~ eventStore.read(source, cause.sequenceNumber() - 1, cause.sequenceNumber())",
                "Instance        ~ inputs.contains(cause.key()) || ~ \"\""
            })
    void mutant_is_caught(String type, String text, String replacement) throws Exception {
        assertThat(Mutants.of("io.daybook.process", type, text, replacement).caught("ProcessSimulation"))
                .as("what the mutant did wrong")
                .isNotEmpty();
    }
}
