using System.Text.Json.Nodes;

namespace AuxLossRnn.Cli.Tests;

[Trait("Category", "Slow")]
public sealed class RunFolderTests(ReferenceRun reference)
{
    private readonly RunFiles _run = reference.Files;

    [Fact]
    public void A_finished_run_leaves_the_documented_files_and_no_other() => _run.ShouldBeTidy();

    [Fact]
    public void The_config_holds_what_was_asked_for()
    {
        JsonObject config = _run.Read("config.json");

        Assert.Equal("r-lstm", (string?)config["model"]);
        Assert.Equal("raw", (string?)config["encoding"]);
        Assert.Equal(10, (int?)config["truncation"]);
        Assert.Equal(10, (int?)config["auxiliary_truncation"]);
        Assert.Equal(12, (int?)config["segment"]);
        Assert.Equal(3, (int?)config["checkpoint_every"]);
        Assert.Equal(0.001, (double?)config["learning_rate"]); // a default: the whole spec is kept
    }

    [Fact]
    public void The_environment_names_commit_versions_processor_threads_and_seed()
    {
        JsonObject environment = _run.Read("environment.json");

        foreach (string name in new[] { "commit", "kit", "torch_sharp_version", "framework", "operating_system", "processor", "device", "started", "instructions" })
        {
            Assert.False(string.IsNullOrWhiteSpace((string?)environment[name]), name);
        }

        Assert.Equal(1, (int?)environment["threads"]);
        Assert.Equal(1, (int?)environment["seed"]);
    }

    [Fact]
    public void Each_step_has_a_line_with_the_documented_fields_in_order()
    {
        JsonObject[] steps = [.. _run.Metrics().Where(line => line["split"] is null)];

        Assert.Equal(Enumerable.Range(1, TinyRun.Steps), steps.Select(line => (int)line["step"]!));
        Assert.All(steps, line => Assert.Equal(
            ["step", "epoch", "phase", "loss_supervised", "loss_auxiliary", "learning_rate", "gradient_norm", "milliseconds", "milliseconds_data", "losses"],
            line.Select(field => field.Key)));
        Assert.All(steps, line => Assert.InRange((double)line["milliseconds_data"]!, 0, (double)line["milliseconds"]!));
        Assert.All(steps[..TinyRun.PretrainingSteps], line => Assert.Equal(("pretraining", true), ((string?)line["phase"], line["loss_supervised"] is null)));
        Assert.All(steps[TinyRun.PretrainingSteps..], line => Assert.Equal(("joint", false), ((string?)line["phase"], line["loss_supervised"] is null)));
    }

    [Fact]
    public void Each_epoch_after_pretraining_is_evaluated_on_both_splits()
    {
        JsonObject[] evaluations = [.. _run.Metrics().Where(line => line["split"] is not null)];

        Assert.Equal(
            from epoch in Enumerable.Range(2, 6) from split in new[] { "validation", "test" } select (11 * epoch, split),
            evaluations.Select(line => ((int)line["step"]!, (string)line["split"]!)));
        Assert.All(evaluations, line => Assert.InRange((double)line["accuracy"]!, 0, 1));
        Assert.All(evaluations, line => Assert.True((double)line["loss"]! > 0));
    }

    [Fact]
    public void The_summary_agrees_with_the_metrics()
    {
        JsonObject summary = _run.Read("summary.json");
        JsonObject[] evaluations = [.. _run.Metrics().Where(line => line["split"] is not null)];
        double at(int? step, string split) =>
            (double)evaluations.Single(line => (int?)line["step"] == step && (string?)line["split"] == split)["accuracy"]!;

        Assert.Equal("finished", (string?)summary["status"]);
        Assert.Equal(TinyRun.Steps, (int?)summary["steps"]);
        Assert.Equal(at(TinyRun.Steps, "test"), (double?)summary["last_test"]);
        Assert.Equal(at(TinyRun.Steps, "validation"), (double?)summary["last_validation"]);

        int? best = (int?)summary["best_on_validation_step"];
        Assert.Equal(evaluations.Where(line => (string?)line["split"] == "validation").Max(line => (double)line["accuracy"]!), at(best, "validation"));
        Assert.Equal(at(best, "test"), (double?)summary["best_on_validation"]);
        Assert.Equal(evaluations.Where(line => (string?)line["split"] == "test").Max(line => (double)line["accuracy"]!), (double?)summary["best_on_test"]);
        Assert.Equal(at((int?)summary["best_on_test_step"], "test"), (double?)summary["best_on_test"]);

        Assert.True((double?)summary["wall_seconds"] > 0);
        Assert.True((long?)summary["peak_memory_bytes"] > 10_000_000);
        Assert.InRange((double)summary["data_share"]!, 1e-9, 0.999);
        Assert.True((long?)summary["parameters"] > 0);
    }
}
