package io.daybook.sample.order;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OrderSettingsTest {

    private static final String ACCOUNT = "https://my-account.documents.azure.com:443/";

    private static OrderSettings onCosmos(String roles) {
        return OrderSettings.from(Map.of("COSMOS_ENDPOINT", ACCOUNT, "ROLES", roles));
    }

    @Test
    void process_runs_everything_and_has_no_administration_by_default() {
        OrderSettings settings = OrderSettings.from(Map.of());

        assertThat(settings.roles()).containsExactlyInAnyOrder(Role.values());
        assertThat(settings.host()).isEqualTo("127.0.0.1");
        assertThat(settings.port()).isEqualTo(8000);
        assertThat(settings.adminPort()).isEmpty();
        assertThat(settings.orderExpiry()).isEqualTo(Duration.ofDays(30));
        assertThat(OrderSettings.from(Map.of("ROLES", " ", "ADMIN_PORT", "")).roles())
                .hasSize(4);
    }

    @Test
    void roles_are_separated_by_commas() {
        assertThat(onCosmos("relay , projector,relay").roles()).containsExactlyInAnyOrder(Role.RELAY, Role.PROJECTOR);
        assertThat(OrderSettings.from(Map.of("ROLES", "api,projector", "ADMIN_PORT", "8001"))
                        .adminPort())
                .isEqualTo(OptionalInt.of(8001));
    }

    @ParameterizedTest
    @CsvSource({
        "api,projector",
        "'api,relay',projector",
        "projector,api",
        "relay,api",
        "'projector,relay',api",
        "processes,api",
        "'processes,api',projector"
    })
    void refuses_roles_that_share_stores_in_memory(String roles, String missing) {
        assertThatThrownBy(() -> OrderSettings.from(Map.of("ROLES", roles)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "ROLES lacks " + missing + ", but no other process can read what this process keeps in memory:"
                                + " add it, or set COSMOS_ENDPOINT");
        assertThat(onCosmos(roles).roles()).isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource({"API,API", "'api,',''", "'api,process',process"})
    void refuses_unknown_roles(String roles, String unknown) {
        assertThatThrownBy(() -> onCosmos(roles))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("ROLES names \"" + unknown
                        + "\": use api, projector, processes and relay, separated by commas");
    }

    @ParameterizedTest
    @CsvSource({"'',P30D", "P7D,P7D", "PT90S,PT90S", "0,PT0S", "PT0S,PT0S"})
    void order_expiry_is_a_duration(String text, Duration expiry) {
        assertThat(OrderSettings.from(Map.of("ORDER_EXPIRY", text)).orderExpiry())
                .isEqualTo(expiry);
    }

    @Test
    void refuses_order_expiry_that_is_no_duration_or_out_of_range() {
        assertThatThrownBy(() -> OrderSettings.from(Map.of("ORDER_EXPIRY", "30")))
                .hasMessage("ORDER_EXPIRY is \"30\": use an ISO-8601 duration such as P30D, or 0");
        for (String text : List.of("-PT1S", "P3651D")) {
            assertThatThrownBy(() -> OrderSettings.from(Map.of("ORDER_EXPIRY", text)))
                    .hasMessageEndingWith(": use 0 or up to PT87600H");
        }
    }

    @Test
    void refuses_administration_without_anything_to_administer() {
        assertThatThrownBy(() -> OrderSettings.from(
                        Map.of("COSMOS_ENDPOINT", ACCOUNT, "ROLES", "api,relay", "ADMIN_PORT", "8001")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("ADMIN_PORT is set, but this process runs nothing to administer");
        assertThatThrownBy(() -> OrderSettings.from(Map.of("ADMIN_PORT", "all")))
                .hasMessage("ADMIN_PORT is \"all\": use a number from 0 to 65535");
    }
}
