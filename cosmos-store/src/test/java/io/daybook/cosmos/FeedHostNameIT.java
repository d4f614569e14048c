package io.daybook.cosmos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.daybook.contract.ContractEvent;
import io.daybook.cosmos.server.CosmosAccount;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Instances with a stable name, whose leases expire only long after a test has ended. */
class FeedHostNameIT extends FeedFixture {

    @Test
    void killed_instance_resumes_its_leases_at_once_under_its_name() {
        FeedInstance killed = FeedInstance.named("pod-0", database, NAME, log.handler("killed"));
        try {
            appendToAll();
            awaitAll();
            killed.kill();
            appendToAll();
            try (FeedInstance back = FeedInstance.named("POD-0", database, NAME, log.handler("back"))) {
                awaitAll();
                appendToAll();
                awaitAll();
                assertThat(log.ofInstance("back")).isGreaterThanOrEqualTo(storedEvents() / 3 * 2);
            }
        } finally {
            killed.close();
        }
    }

    @Test
    void host_name_of_two_processes_causes_redeliveries_in_order() {
        try (FeedInstance one = FeedInstance.named("pod-0", database, NAME, log.handler("one"));
                FeedInstance two = FeedInstance.named("pod-0", database, NAME, log.handler("two"))) {
            for (int round = 0; round < 5; round++) {
                appendToAll();
                awaitAll();
            }
        }
        assertThat(log.violations()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "pod\n0", "pod\u00000"})
    void refuses_a_host_name_that_is_blank_or_has_a_control_character(String hostName) {
        CosmosEventFeed.Builder feed = CosmosEventFeed.builder(
                CosmosContainers.in(CosmosAccount.client(), database), ContractEvent.serializer());

        assertThatIllegalArgumentException()
                .isThrownBy(() -> feed.hostName(hostName))
                .withMessageContaining("hostName");
    }

    @Test
    void refuses_a_host_name_that_is_too_long_and_names_the_limit() {
        CosmosEventFeed.Builder feed = CosmosEventFeed.builder(
                CosmosContainers.in(CosmosAccount.client(), database), ContractEvent.serializer());

        for (int length : List.of(129, 1_000)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> feed.hostName("x".repeat(length)))
                    .withMessageContaining(length + " characters: use at most 128");
        }
    }
}
