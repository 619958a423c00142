namespace AuxLossRnn.Cli.Tests;

[Trait("Category", "Slow")]
public sealed class TrainTests(ReferenceRun reference)
{
    [Fact]
    public void Redirected_output_is_plain_lines_that_end_with_the_summary()
    {
        string[] lines = reference.Result.OutputLines;

        Assert.DoesNotContain('\e', reference.Result.Output);
        Assert.DoesNotContain('\r', reference.Result.Output.ReplaceLineEndings("\n"));
        Assert.Matches("^stroke-digits with [0-9,]+ weights, run folder ", lines[0]);
        Assert.Equal($"{TinyRun.Steps} steps ({TinyRun.PretrainingSteps} of pretraining), 11 an epoch", lines[1].TrimEnd());
        Assert.Equal(12, lines.Count(line => line.StartsWith("step ", StringComparison.Ordinal)));

        int header = Array.FindIndex(lines, line => line.Contains("test accuracy", StringComparison.Ordinal));
        int lastEvaluation = Array.FindLastIndex(lines, line => line.StartsWith("step ", StringComparison.Ordinal));
        Assert.True(lastEvaluation < header);
        Assert.All(["last step", "best on validation", "best on test"], row => Assert.Single(lines[header..], line => line.Contains(row, StringComparison.Ordinal)));
        Assert.Matches("^77 steps, seed 1, [0-9,]+ weights, [0-9]+ s, peak memory [0-9]+ MiB$", lines[^1].TrimEnd());
        Assert.Equal("", reference.Result.Error);
    }

    [Fact]
    public void A_diverging_run_fails_and_names_step_and_loss()
    {
        using var folder = new TemporaryFolder();

        CommandResult result = AuxLoss.RunIn(folder.Path, TinyRun.Train(folder["run"], ("learning-rate", "1e30"))).ShouldExitWith(1);

        Assert.Matches("The auxiliary loss is (NaN|Infinity|∞) at step [0-9]+, so training stopped", result.Error);
        Assert.Contains("--learning-rate", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gru", "10")]
    [InlineData("irnn", "none")]
    [InlineData("urnn", "full")]
    [InlineData("transformer", "full")]
    public void Every_model_to_compare_with_trains_resumes_and_evaluates(string model, string truncation)
    {
        (string, string)[] options = [("model", model), ("truncation", truncation), ("epochs", "1"), ("segment-checkpointing", $"{model == "urnn"}")];
        using var folder = new TemporaryFolder();
        var run = new RunFiles(folder["run"]);

        CommandResult train = AuxLoss.RunIn(folder.Path, [.. TinyRun.Train(run.Folder, options), "--profile"]).ShouldExitWith(0);
        AuxLoss.RunIn(folder.Path, TinyRun.Resume(run.Folder, [.. options, ("epochs", "2")])).ShouldExitWith(0);
        CommandResult evaluation = AuxLoss.Run("evaluate", run.Folder, "--threads", "1").ShouldExitWith(0);

        Assert.Contains("main forward", train.Output, StringComparison.Ordinal);
        Assert.Equal(model, (string?)run.Read("config.json")["model"]);
        Assert.Equal(22, (int)run.Read("summary.json")["steps"]!);
        Assert.Contains($"accuracy {100 * (double)run.Read("summary.json")["last_test"]!:0.00} %", evaluation.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_transformer_is_refused_a_truncation_with_what_to_give_instead()
    {
        using var folder = new TemporaryFolder();

        CommandResult result = AuxLoss.RunIn(folder.Path, TinyRun.Train(folder["run"], ("model", "transformer"))).ShouldExitWith(2);

        Assert.Contains("--truncation is 10, but must be full with --model transformer", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("transformer", "full", null, 0.001)]
    [InlineData("irnn", "300", 1.0, 0.0001)]
    [InlineData("irnn", "full", 5.0, 0.01, "--truncation", "full", "--clip-norm", "5", "--learning-rate", "0.01")]
    [InlineData("gru", "300", null, 0.001)]
    public void A_model_brings_what_it_needs_where_no_option_says_otherwise(
        string model, string truncation, double? clipNorm, double learningRate, params string[] options)
    {
        using var folder = new TemporaryFolder();
        var run = new RunFiles(folder["run"]);

        AuxLoss.RunIn(folder.Path,
            ["train", "--model", model, "--side", "7", "--train-limit", "200", "--test-limit", "10", "--hidden", "8", "--steps", "1", "--out", run.Folder, .. options])
            .ShouldExitWith(0);

        var config = run.Read("config.json");
        Assert.Equal(truncation, config["truncation"]!.ToString());
        Assert.Equal((clipNorm, learningRate), ((double?)config["clip_norm"], (double)config["learning_rate"]!));
    }

    [Fact]
    public void The_help_says_what_a_model_brings()
    {
        string help = AuxLoss.Run("train", "--help").ShouldExitWith(0).Output;

        Assert.Contains("With --model transformer full by default.", Line("--truncation"), StringComparison.Ordinal);
        Assert.Contains("With --model irnn 1 by default.", Line("--clip-norm"), StringComparison.Ordinal);
        Assert.Contains("With --model irnn 0.0001 by default.", Line("--learning-rate"), StringComparison.Ordinal);

        string Line(string option) => Assert.Single(help.Split('\n'), line => line.StartsWith($"  {option} ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("gru", "--aux-truncation, --segment, --pretrain-epochs, --forget-bias, --initialisation", "truncation 10")]
    [InlineData("transformer", "--aux-truncation, --segment, --pretrain-epochs, --forget-bias, --initialisation", "truncation full")]
    [InlineData("lstm", "--aux-truncation, --segment, --pretrain-epochs", "truncation 10")]
    [InlineData("p-lstm", "--decoder-inputs", "decoder-inputs first-only")]
    [InlineData("r-lstm", null, "truncation 10")]
    public void Options_that_mean_nothing_to_the_model_are_named(string model, string? options, string option)
    {
        using var folder = new TemporaryFolder();
        string[] parts = option.Split(' ');
        string[] arguments = TinyRun.Train(
            folder["run"], ("model", model), ("steps", "1"), ("forget-bias", "2"), ("initialisation", "orthogonal"), (parts[0], parts[1]));

        string output = AuxLoss.RunIn(folder.Path, arguments).ShouldExitWith(0).Output;

        const string words = "Without effect, because they mean nothing to --model ";
        if (options is null)
        {
            Assert.DoesNotContain(words, output, StringComparison.Ordinal);
        }
        else
        {
            string line = Assert.Single(output.Split('\n'), line => line.StartsWith(words, StringComparison.Ordinal)).TrimEnd().TrimEnd('.');
            Assert.StartsWith($"{words}{model}: ", line, StringComparison.Ordinal);
            Assert.Equal(options.Split(", ").Order(), line.Split(": ")[1].Split(", ").Order());
        }
    }

    [Theory]
    [InlineData("table2/mnist/r-lstm-truncate300")]
    [InlineData("table2/pmnist/r-lstm-truncate300")]
    public void A_preset_runs_on_the_real_digits_at_the_smoke_budget(string preset)
    {
        string? data = Environment.GetEnvironmentVariable("AUXLOSSRNN_DATA");
        Assert.SkipWhen(string.IsNullOrEmpty(data), "AUXLOSSRNN_DATA is not set: the MNIST files are not at hand.");
        Assert.SkipUnless(Directory.Exists(Path.Combine(data!, "mnist")), $"There is no folder mnist below {data}.");
        using var folder = new TemporaryFolder();
        var run = new RunFiles(folder["run"]);

        CommandResult result = AuxLoss.RunIn(
            folder.Path, "train", "--preset", preset, "--budget", "smoke", "--data", data!, "--threads", "1", "--out", run.Folder).ShouldExitWith(0);

        Assert.Matches("The paper's r-LSTM Truncate300: 9[0-9.]+ % at the paper's budget", result.Output);
        Assert.Equal(preset.Split('/')[1], (string?)run.Read("config.json")["dataset"]);
        Assert.Equal(("r-lstm", "squared-error"), ((string?)run.Read("config.json")["model"], (string?)run.Read("config.json")["token_loss"]));
        Assert.InRange((double)run.Read("summary.json")["last_test"]!, 0, 1);
        Assert.NotEmpty(RunFiles.Weights(run.LastWeightsPath));
    }
}
