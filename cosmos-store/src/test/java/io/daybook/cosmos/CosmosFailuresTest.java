package io.daybook.cosmos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import com.azure.cosmos.CosmosException;
import io.daybook.cosmos.CosmosFailures.Meaning;
import io.daybook.eventstore.EventStoreUnavailableException;
import io.daybook.eventstore.EventStoreUnavailableException.Outcome;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.Exceptions;

class CosmosFailuresTest {

    private static CosmosException failed(int status, int substatus) {
        CosmosException failure = mock(CosmosException.class);
        when(failure.getStatusCode()).thenReturn(status);
        when(failure.getSubStatusCode()).thenReturn(substatus);
        when(failure.getMessage()).thenReturn("pages of diagnostics");
        return failure;
    }

    @ParameterizedTest
    @CsvSource({
        "400, 0, REFUSED",
        "400, 1001, REFUSED",
        "401, 0, REFUSED",
        "403, 0, REFUSED",
        "403, 3, TRY_AGAIN",
        "403, 1008, TRY_AGAIN",
        "403, 1014, FULL",
        "403, 5300, REFUSED",
        "403, 5301, REFUSED",
        "403, 9999, REFUSED",
        "404, 0, REFUSED",
        "404, 1002, TRY_AGAIN",
        "404, 1003, REFUSED",
        "404, 1024, TRY_AGAIN",
        "405, 0, REFUSED",
        "408, 0, UNKNOWN",
        "408, 10002, UNKNOWN",
        "409, 0, REFUSED",
        "410, 0, UNKNOWN",
        "410, 1008, UNKNOWN",
        "412, 0, REFUSED",
        "413, 0, REFUSED",
        "429, 3200, TRY_AGAIN",
        "429, 3201, TRY_AGAIN",
        "449, 0, TRY_AGAIN",
        "500, 0, UNKNOWN",
        "502, 0, UNKNOWN",
        "503, 21008, UNKNOWN",
        "504, 0, UNKNOWN"
    })
    void derives_meaning_from_status_and_substatus(int status, int substatus, Meaning meaning) {
        assertThat(CosmosFailures.meaning(status, substatus)).isEqualTo(meaning);
        assertThat(CosmosFailures.meaning(failed(status, substatus))).isEqualTo(meaning);
    }

    @Test
    void failure_without_status_is_unknown() {
        assertThat(CosmosFailures.meaning(Exceptions.propagate(new TimeoutException())))
                .isEqualTo(Meaning.UNKNOWN);
    }

    private static EventStoreUnavailableException reported(int status, int substatus) {
        return CosmosFailures.unavailable("reading Order-1", failed(status, substatus));
    }

    @Test
    void names_all_causes_of_a_plain_403() {
        assertThat(reported(403, 0))
                .hasMessageContaining("status 403/0")
                .hasMessageContaining("firewall")
                .hasMessageContaining("roles of the credential")
                .hasMessageContaining("total throughput");
    }

    @ParameterizedTest
    @CsvSource({
        "403, 3, failover",
        "403, 1008, does not know the account yet",
        "403, 5300, create them when you deploy",
        "403, 5301, role",
        "404, 1002, behind",
        "404, 1003, createIfMissing()",
        "404, 1024, created again",
        "429, 3200, throughput",
        "429, 3201, metadata",
        "503, 0, try again"
    })
    void advice_fits_the_substatus(int status, int substatus, String advice) {
        assertThat(reported(status, substatus))
                .hasMessageStartingWith(
                        "reading Order-1 failed with status " + status + "/" + substatus + " of Cosmos DB: ")
                .hasMessageContaining(advice)
                .hasMessageNotContaining("diagnostics")
                .returns(Outcome.NOT_STORED, EventStoreUnavailableException::outcome);
    }
}
