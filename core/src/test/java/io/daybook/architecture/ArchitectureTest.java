package io.daybook.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.daybook.DaybookException;
import io.daybook.aggregate.AggregateRoot;
import io.daybook.aggregate.DomainException;
import io.daybook.projection.ProjectionDefinition;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Guards the table in docs/architecture.md: which package may use which. */
class ArchitectureTest {

    private static final String JACKSON = "com.fasterxml.jackson..";
    private static final String CRYPTO = "javax.crypto.."; // of the JDK
    private static final String MICROMETER = "io.micrometer..";

    /** What each package may use besides itself, the root package, the JDK, JSpecify and SLF4J. */
    private static final Map<String, List<String>> MAY_USE = Map.ofEntries(
            Map.entry("io.daybook", List.of()),
            Map.entry("io.daybook.event", List.of("json", JACKSON)),
            Map.entry("io.daybook.json", List.of(JACKSON)),
            Map.entry("io.daybook.serialization", List.of("event", "json", JACKSON)),
            Map.entry("io.daybook.eventstore", List.of("event", "serialization", "json")),
            Map.entry("io.daybook.snapshot", List.of("event", "eventstore", "serialization")),
            Map.entry(
                    "io.daybook.shredding",
                    List.of("event", "eventstore", "snapshot", "serialization", "json", JACKSON, CRYPTO)),
            Map.entry(
                    "io.daybook.aggregate",
                    List.of("event", "eventstore", "snapshot", "serialization", "json", "readmodel", JACKSON)),
            Map.entry(
                    "io.daybook.command",
                    List.of(
                            "event",
                            "eventstore",
                            "snapshot",
                            "serialization",
                            "json",
                            "readmodel",
                            "aggregate",
                            JACKSON)),
            Map.entry(
                    "io.daybook.metrics",
                    List.of(
                            "command",
                            "aggregate",
                            "eventstore",
                            "subscription",
                            "publishing",
                            "query",
                            "process",
                            "projection",
                            MICROMETER)),
            Map.entry(
                    "io.daybook.tracing",
                    List.of("event", "eventstore", "aggregate", "command", "subscription", "publishing", MICROMETER)),
            Map.entry("io.daybook.subscription", List.of("event", "eventstore", "readmodel")),
            Map.entry("io.daybook.readmodel", List.of("event", "eventstore", "json")),
            Map.entry(
                    "io.daybook.projection",
                    List.of(
                            "event",
                            "eventstore",
                            "snapshot",
                            "serialization",
                            "json",
                            "aggregate",
                            "subscription",
                            "readmodel",
                            JACKSON)),
            Map.entry(
                    "io.daybook.process",
                    List.of(
                            "event",
                            "eventstore",
                            "serialization",
                            "json",
                            "aggregate",
                            "command",
                            "shredding",
                            "subscription",
                            "readmodel",
                            "projection",
                            JACKSON)),
            Map.entry("io.daybook.query", List.of("command", "event", "eventstore", "readmodel", "projection")),
            Map.entry("io.daybook.publishing", List.of("event", "eventstore", "subscription")),
            Map.entry("io.daybook.verification", List.of("event", "eventstore", "serialization", "subscription")),
            Map.entry(
                    "io.daybook.inmemory",
                    List.of(
                            "event",
                            "eventstore",
                            "snapshot",
                            "serialization",
                            "json",
                            "shredding",
                            "subscription",
                            "publishing",
                            "readmodel",
                            "process",
                            JACKSON)),
            Map.entry(
                    "io.daybook.testkit",
                    List.of(
                            "event",
                            "eventstore",
                            "snapshot",
                            "serialization",
                            "json",
                            "aggregate",
                            "command",
                            "inmemory",
                            "process",
                            "shredding",
                            "subscription",
                            "readmodel",
                            "projection",
                            JACKSON)));

    private static final JavaClasses MAIN = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.daybook");

    private static String[] allowed(String name, List<String> mayUse) {
        return Stream.concat(
                        Stream.of("java..", "org.jspecify..", "org.slf4j..", "io.daybook", name),
                        mayUse.stream().map(used -> used.endsWith("..") ? used : "io.daybook." + used))
                .toArray(String[]::new);
    }

    private static boolean isAllowed(JavaClass used, String name, List<String> mayUse) {
        JavaClass type = used.getBaseComponentType();
        return type.isPrimitive() || resideInAnyPackage(allowed(name, mayUse)).test(type);
    }

    @Test
    void every_package_is_in_the_table() {
        TreeSet<String> packages = new TreeSet<>();
        MAIN.forEach(type -> packages.add(type.getPackageName()));

        assertThat(packages).containsExactlyElementsOf(new TreeSet<>(MAY_USE.keySet()));
    }

    @Test
    void every_package_uses_only_what_the_table_allows() {
        MAY_USE.forEach((name, mayUse) -> classes()
                .that()
                .resideInAPackage(name)
                .should()
                .onlyDependOnClassesThat(
                        describe("those that it may use: " + mayUse, used -> isAllowed(used, name, mayUse)))
                .check(MAIN));
    }

    @Test
    void public_classes_are_final_unless_made_for_extension() {
        classes()
                .that()
                .arePublic()
                .and()
                .areNotInterfaces()
                .and()
                .areNotEnums()
                .and()
                .doNotBelongToAnyOf(AggregateRoot.class, DomainException.class, DaybookException.class)
                .and()
                .doNotBelongToAnyOf(ProjectionDefinition.class) // it is sealed
                .should()
                .haveModifier(JavaModifier.FINAL)
                .check(MAIN);
    }

    @Test
    void nothing_is_called_util_common_impl_or_spi() {
        noClasses()
                .should()
                .resideInAnyPackage("..util..", "..common..", "..impl..", "..spi..")
                .check(MAIN);
    }

    @Test
    void every_failure_is_a_daybook_exception() {
        // A nested exception controls the flow within its class and does not leave it.
        classes()
                .that()
                .areAssignableTo(RuntimeException.class)
                .and()
                .areTopLevelClasses()
                .should()
                .beAssignableTo(DaybookException.class)
                .check(MAIN);
    }

    @Test
    void no_state_is_shared_through_static_fields() {
        fields().that().areStatic().should().beFinal().check(MAIN);
    }
}
