package io.daybook.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class EventInterceptorTest {

    private final List<String> ran = new ArrayList<>();

    private EventInterceptor named(String name) {
        return (subscription, events, next) -> {
            ran.add(name + " before");
            next.run();
            ran.add(name + " after");
        };
    }

    private void intercept(EventInterceptor interceptor) {
        interceptor.intercept("billing", List.of(), () -> ran.add("handler"));
    }

    @Test
    void runs_one_interceptor_inside_another() {
        intercept(named("outer").around(named("inner")).around(EventInterceptor.none()));

        assertThat(ran).containsExactly("outer before", "inner before", "handler", "inner after", "outer after");
    }
}
