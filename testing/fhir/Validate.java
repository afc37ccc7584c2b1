import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.DefaultProfileValidationSupport;
import ca.uhn.fhir.validation.FhirValidator;
import ca.uhn.fhir.validation.ResultSeverityEnum;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.hl7.fhir.common.hapi.validation.support.CommonCodeSystemsTerminologyService;
import org.hl7.fhir.common.hapi.validation.support.InMemoryTerminologyServerValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.ValidationSupportChain;
import org.hl7.fhir.common.hapi.validation.validator.FhirInstanceValidator;

/**
 * Validates JSON documents by HAPI against FHIR R4, without a network: definitions and terminology are those in its archives.
 *
 * <p>One line for each file: its name, the number of errors, and the first of them, separated by tabs. Threads: as many as there are
 * processors.
 */
public final class Validate {
    private Validate() {}

    public static void main(String[] arguments) throws Exception {
        FhirContext context = FhirContext.forR4();
        ValidationSupportChain support = new ValidationSupportChain(
                new DefaultProfileValidationSupport(context),
                new InMemoryTerminologyServerValidationSupport(context),
                new CommonCodeSystemsTerminologyService(context));
        FhirValidator validator = context.newValidator();
        validator.registerValidatorModule(new FhirInstanceValidator(support));
        PrintStream output = new PrintStream(System.out, false, StandardCharsets.UTF_8);
        for (String folder : arguments) {
            List<Path> files;
            try (Stream<Path> found = Files.list(Path.of(folder))) {
                files = found.filter(path -> path.toString().endsWith(".json")).sorted().collect(Collectors.toList());
            }
            files.parallelStream().map(path -> verdict(validator, path)).forEachOrdered(output::println);
        }
        output.flush();
    }

    private static String verdict(FhirValidator validator, Path path) {
        String name = path.getParent().getFileName() + "/" + path.getFileName();
        List<String> errors;
        try {
            var messages = validator.validateWithResult(Files.readString(path)).getMessages();
            errors = messages.stream()
                    .filter(message -> message.getSeverity().compareTo(ResultSeverityEnum.ERROR) >= 0)
                    .map(message -> message.getLocationString() + ": " + message.getMessage())
                    .collect(Collectors.toList());
        } catch (Exception refused) {
            // HAPI's parser refuses some documents before they are validated.
            errors = List.of(String.valueOf(refused.getMessage()));
        }
        String first = errors.isEmpty() ? "" : errors.get(0).replaceAll("\\s+", " ");
        return name + "\t" + errors.size() + "\t" + first;
    }
}
