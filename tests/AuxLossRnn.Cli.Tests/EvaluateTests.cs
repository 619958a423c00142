using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace AuxLossRnn.Cli.Tests;

[Trait("Category", "Slow")]
public sealed partial class EvaluateTests(ReferenceRun reference)
{
    [Fact]
    public void The_last_weights_measure_what_the_run_measured_at_its_end() => EvaluationEquals(TinyRun.Steps, "last");

    [Fact]
    public void The_best_weights_measure_what_the_run_measured_at_its_best() =>
        EvaluationEquals((int)reference.Files.Read("summary.json")["best_on_validation_step"]!, "best");

    [Fact]
    public void Best_and_last_differ_in_the_run_that_these_tests_look_at() =>
        Assert.NotEqual(TinyRun.Steps, (int?)reference.Files.Read("summary.json")["best_on_validation_step"]);

    [Fact]
    public void Other_weights_than_last_and_best_there_are_none() =>
        RefusalTests.Refused(AuxLoss.Run("evaluate", reference.Files.Folder, "--weights", "worst"), "worst", "last", "best");

    private void EvaluationEquals(int step, string weights)
    {
        CommandResult result = AuxLoss.Run("evaluate", reference.Files.Folder, "--weights", weights, "--threads", "1").ShouldExitWith(0);

        Assert.EndsWith($"weights, step {step}", result.OutputLines[0].TrimEnd(), StringComparison.Ordinal);
        var found = Evaluation().Matches(result.Output).Select(line => string.Join(' ', line.Groups.Values.Skip(1).Select(group => group.Value)));
        Assert.Equal([Expected(step, "validation", 17), Expected(step, "test", 50)], found);
        string[] balanced = [.. Balanced().Matches(result.Output).Select(line => line.Groups[1].Value)];
        Assert.Equal(2, balanced.Length);
        if (step == TinyRun.Steps)
        {
            JsonNode measures = reference.Files.Read("summary.json")["test_measures"]!;
            Assert.Equal(string.Create(CultureInfo.InvariantCulture, $"{100 * (double)measures["balanced_accuracy"]!:0.0}"), balanced[1]);
        }
    }

    private string Expected(int step, string split, int examples)
    {
        JsonObject line = reference.Files.Metrics().Single(line => (int?)line["step"] == step && (string?)line["split"] == split);
        return string.Create(CultureInfo.InvariantCulture, $"{split} {examples} {100 * (double)line["accuracy"]!:0.00} {(double)line["loss"]!:0.0000}");
    }

    [GeneratedRegex("balanced accuracy ([0-9.]+) %  macro F1 [0-9.]+ %  log loss [0-9.]+  calibration error [0-9.]+ %")]
    private static partial Regex Balanced();

    [GeneratedRegex("""(validation|test)\s+([0-9]+) examples\s+accuracy ([0-9.]+) %\s+loss ([0-9.]+)""")]
    private static partial Regex Evaluation();
}
