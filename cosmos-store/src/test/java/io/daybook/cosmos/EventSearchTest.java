package io.daybook.cosmos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.cosmos.models.FeedResponse;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.daybook.contract.Patience;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

/** What is heard of a query that ends on its own. */
class EventSearchTest {

    private static final Duration LONG_ENOUGH = Patience.LIMIT;

    private final EventSearch.Pages pages = new EventSearch.Pages();

    /** The SDK plans a query, and may fail, upon subscription: before a page is requested. */
    @Test
    void a_failure_before_the_first_page_was_asked_for_is_heard() {
        Flux.<FeedResponse<ObjectNode>>error(new IllegalStateException("no plan"))
                .subscribe(pages);

        assertThatThrownBy(() -> pages.next().block(LONG_ENOUGH)).hasMessage("no plan");
    }

    @Test
    void a_failure_while_a_page_is_awaited_is_heard() {
        Sinks.Many<FeedResponse<ObjectNode>> query = Sinks.many().unicast().onBackpressureBuffer();
        query.asFlux().subscribe(pages);
        var page = pages.next();
        query.tryEmitError(new IllegalStateException("gone")).orThrow();

        assertThatThrownBy(() -> page.block(LONG_ENOUGH)).hasMessage("gone");
        assertThatThrownBy(() -> pages.next().block(LONG_ENOUGH)).hasMessage("gone");
    }

    @Test
    void an_end_before_a_page_was_asked_for_is_heard() {
        Flux.<FeedResponse<ObjectNode>>empty().subscribe(pages);

        assertThat(pages.next().block(LONG_ENOUGH)).isNull();
    }
}
