namespace AuxLossRnn.Cli.Tests;

[Trait("Category", "Slow")]
public sealed class HelpTests
{
    private static readonly string[] TrainOptions =
    [
        "--preset", "--budget", "--dataset", "--model", "--truncation", "--aux-truncation", "--anchors", "--segment", "--pretrain-epochs",
        "--epochs", "--steps", "--batch", "--hidden", "--learning-rate", "--seed", "--train-limit", "--test-limit", "--side", "--device",
        "--data", "--threads", "--out", "--resume",
    ];

    [Fact]
    public void Every_command_is_listed_with_a_description()
    {
        string help = AuxLoss.Run("--help").ShouldExitWith(0).Output;

        Assert.All(["quickstart", "doctor", "data", "train", "evaluate <RUN>", "kernel"], name => Assert.Matches($"\n  {name}  +[A-Z]", help));
    }

    [Fact]
    public void Every_documented_training_option_is_listed_with_a_description()
    {
        string help = AuxLoss.Run("train", "--help").ShouldExitWith(0).Output;

        Assert.All(TrainOptions, name => Assert.Matches($"\n  {name}(, --[a-z]+)?( <[^>]+>)?  +[A-Za-z]", help));

        string[] options = [.. help[help.IndexOf("Options:", StringComparison.Ordinal)..].Split('\n')
            .Where(line => line.StartsWith("  --", StringComparison.Ordinal))];
        Assert.True(options.Length > TrainOptions.Length);

        // A property without documentation would show its name alone; a description is a sentence.
        Assert.All(options, line => Assert.Matches("  [A-Za-z][^\n]* [^\n]*\\.|cpu or cuda\\.", line));
        Assert.All(options.Where(line => !line.Contains("--model", StringComparison.Ordinal)), line => Assert.True(line.Trim().Split(' ').Length > 5, line));
    }
}
