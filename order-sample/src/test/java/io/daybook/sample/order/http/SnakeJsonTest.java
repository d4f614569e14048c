package io.daybook.sample.order.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.daybook.sample.order.domain.OrderCancelled;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class SnakeJsonTest {

    @Test
    void names_amounts_and_times_are_written_exactly() {
        byte[] json = SnakeJson.write(new OrderCancelled(
                "42", "Ordered by mistake", Instant.parse("2026-11-23T10:00:00Z"), new BigDecimal("10.00")));

        assertThat(new String(json, StandardCharsets.UTF_8))
                .isEqualTo("{\"order_id\":\"42\",\"reason\":\"Ordered by mistake\","
                        + "\"cancelled_at\":\"2026-11-23T10:00:00.000000000Z\",\"refund_amount\":10.00}");
    }
}
