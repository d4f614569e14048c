package io.daybook.sample.order;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.daybook.cosmos.testserver.NodePackages;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

/**
 * The page in a real browser, driven by {@code src/test/browser/page.js}: the Chromium of an npm package on Linux x64, or the
 * one that the environment variable {@code CHROMIUM} names. Screenshots are in {@code target/screenshots}.
 */
class BrowserIT {

    private static final List<String> CHECKS = List.of(
            "empty_list_leads_to_the_first_order",
            "placed_order_appears_in_every_list_without_reload",
            "reads_its_writes_while_projector_is_stopped",
            "slider_shows_order_as_it_was",
            "overlapping_answers_change_nothing",
            "list_read_twice_shows_each_order_once",
            "order_shows_its_processes",
            "customer_and_days_are_summed_up",
            "violations_appear_next_to_their_fields",
            "problems_say_what_to_do",
            "focus_stays_where_the_reader_is",
            "unsent_order_is_kept_and_its_items_are_removed",
            "filters_are_visible_and_can_be_cleared",
            "keyboard_alone_places_and_ships_an_order",
            "text_is_never_markup",
            "docs_show_every_operation",
            "axe_finds_no_violation_in_any_view_and_theme");

    @BeforeAll
    static void requireBrowser() {
        String reason = NodePackages.unavailableReason();
        String platform = System.getProperty("os.name") + " " + System.getProperty("os.arch");
        if (reason.isEmpty()
                && System.getenv("CHROMIUM") == null
                && !platform.toLowerCase(Locale.ROOT).matches("linux (amd64|x86_64)")) {
            reason = "the test's Chromium is for Linux x64 and this is " + platform
                    + ": set CHROMIUM to an installed one";
        }
        if ("true".equals(System.getenv("CI"))) {
            assertThat(reason).as("in CI the browser test must run").isEmpty();
        }
        assumeTrue(reason.isEmpty(), reason);
    }

    @TestFactory
    @Timeout(value = 15, unit = TimeUnit.MINUTES)
    Stream<DynamicTest> page() throws Exception {
        Path folder = NodePackages.install(Path.of("src/test/browser"), Path.of("target/browser"));
        Path screenshots = Files.createDirectories(folder.resolveSibling("screenshots"));
        List<String> lines = new ArrayList<>();
        try (RunningOrders orders = RunningOrders.start(OrderComponents.inMemory());
                RunningOrders withoutProjector = RunningOrders.start(OrderComponents.inMemory())) {
            withoutProjector.application().projector().close();
            Process process = new ProcessBuilder(
                            "node",
                            "page.js",
                            orders.application().url(),
                            withoutProjector.application().url(),
                            screenshots.toString())
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .start();
            try {
                process.getOutputStream().close();
                new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                        .lines()
                        .forEach(lines::add);
            } finally {
                process.destroyForcibly();
            }
        }
        return CHECKS.stream()
                .map(check -> dynamicTest(check, () -> assertThat(lines).contains("ok " + check)));
    }
}
