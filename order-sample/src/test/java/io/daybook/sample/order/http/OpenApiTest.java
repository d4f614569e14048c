package io.daybook.sample.order.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.daybook.aggregate.AggregateRepository;
import io.daybook.command.CommandBus;
import io.daybook.inmemory.InMemoryEventFeed;
import io.daybook.inmemory.InMemoryEventStore;
import io.daybook.inmemory.InMemoryReadModelStore;
import io.daybook.process.ProcessRunner;
import io.daybook.projection.Projector;
import io.daybook.sample.order.domain.Order;
import io.daybook.sample.order.domain.OrderEvents;
import io.daybook.sample.order.query.OrderQueries;
import io.daybook.sample.order.query.OrderReports;
import io.daybook.sample.order.query.OrderSummaries;
import io.daybook.sample.order.query.OrderTotals;
import io.javalin.router.Endpoint;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.parser.OpenAPIV3Parser;
import io.swagger.v3.parser.core.models.ParseOptions;
import io.swagger.v3.parser.core.models.SwaggerParseResult;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OpenApiTest {

    @ParameterizedTest
    @ValueSource(strings = {"openapi.yaml", "admin.yaml"})
    void the_description_is_valid(String name) throws Exception {
        SwaggerParseResult result = parse(name);

        assertThat(result.getMessages()).isEmpty();
        assertThat(result.getOpenAPI()).isNotNull();
    }

    @Test
    void the_description_has_the_routes_of_the_application_and_no_others() throws Exception {
        try (Projector projector = projector()) {
            assertThat(described("openapi.yaml"))
                    .isEqualTo(served(
                            api(projector).routes(),
                            processes().routes(),
                            service(projector).routes()));
            assertThat(described("admin.yaml"))
                    .isEqualTo(served(
                            new AdminApi(projector, List.of()).routes(),
                            processes().adminRoutes(),
                            AdminApi.pages()));
        }
    }

    private static Set<String> described(String name) throws IOException {
        Set<String> described = new TreeSet<>();
        OpenAPI api = parse(name).getOpenAPI();
        api.getPaths()
                .forEach((path, item) ->
                        item.readOperationsMap().keySet().forEach(method -> described.add(method.name() + " " + path)));
        return described;
    }

    @SafeVarargs
    private static Set<String> served(List<Endpoint>... routes) {
        return Stream.of(routes)
                .flatMap(List::stream)
                .map(route -> route.method.name() + " " + route.path)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @ParameterizedTest
    @ValueSource(strings = {"index.html", "docs.html", "app.css", "docs.css"})
    void pages_load_nothing_from_elsewhere_and_nothing_inline(String name) throws Exception {
        assertThat(resource("web/" + name))
                .doesNotContain("http://", "https://", "//cdn", "@import", "url(", "style=", "onclick", "<style");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "api.js",
                "app.js",
                "docs.js",
                "dom.js",
                "forms.js",
                "list.js",
                "order.js",
                "overview.js",
                "processes.js",
                "reports.js",
                "yaml.js"
            })
    void scripts_never_turn_text_into_markup(String name) throws Exception {
        assertThat(resource("web/" + name))
                .doesNotContain("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "Function(");
    }

    private static SwaggerParseResult parse(String name) throws IOException {
        ParseOptions options = new ParseOptions();
        options.setResolve(true);
        return new OpenAPIV3Parser().readContents(resource(name), null, options);
    }

    private static String resource(String name) throws IOException {
        try (var found = OrderApi.class.getResourceAsStream(name)) {
            return new String(found.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private final InMemoryEventStore store = new InMemoryEventStore(OrderEvents.serializer());

    private Projector projector() {
        return Projector.builder(new InMemoryEventFeed(store), store, new InMemoryReadModelStore())
                .project(OrderSummaries.PROJECTION)
                .project(OrderTotals.OF_CUSTOMERS)
                .project(OrderTotals.OF_DAYS)
                .start();
    }

    private OrderApi api(Projector projector) {
        AggregateRepository<Order> orders = AggregateRepository.of(Order.TYPE, store);
        return new OrderApi(
                CommandBus.builder().build(), new OrderQueries(projector, orders, store), OrderReports.of(projector));
    }

    private ProcessApi processes() {
        ProcessRunner runner = ProcessRunner.builder(
                        new InMemoryEventFeed(store),
                        store,
                        CommandBus.builder().build())
                .build();
        return new ProcessApi(runner, List.of(), Clock.systemUTC());
    }

    private ServiceApi service(Projector projector) {
        PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        return new ServiceApi(meters, store, true, null, projector, null);
    }
}
