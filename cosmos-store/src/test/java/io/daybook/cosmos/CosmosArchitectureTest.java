package io.daybook.cosmos;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.azure.cosmos.CosmosClientBuilder;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class CosmosArchitectureTest {

    private static final JavaClasses MAIN = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .withImportOption(location -> !location.contains("/testserver/"))
            .importPackages("io.daybook.cosmos");

    @Test
    void only_the_program_verify_builds_a_client() {
        noClasses()
                .that()
                .areNotAssignableTo(Verify.class)
                .should()
                .dependOnClassesThat()
                .areAssignableTo(CosmosClientBuilder.class)
                .check(MAIN);
    }

    @Test
    void nothing_uses_the_inside_of_the_sdk() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAPackage("com.azure.cosmos.implementation..")
                .check(MAIN);
    }

    @Test
    void metrics_are_the_only_place_that_needs_micrometer() {
        noClasses()
                .that()
                .doNotHaveSimpleName("CosmosMetrics")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.micrometer..")
                .check(MAIN);
    }

    @Test
    void what_is_public_is_not_made_to_be_extended() {
        classes().that().arePublic().should().haveModifier(JavaModifier.FINAL).check(MAIN);
    }
}
