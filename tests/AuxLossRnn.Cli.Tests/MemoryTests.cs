namespace AuxLossRnn.Cli.Tests;

[Trait("Category", "Slow")]
public sealed class MemoryTests(ITestOutputHelper output)
{
    private const int ImageSteps = 28 * 28;

    [Fact]
    public void With_truncation_peak_memory_does_not_depend_on_the_length_of_the_sequence()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Peak sizes are compared as Linux counts them.");

        double near = Peak("r-lstm", "300", ImageSteps, training: 3);
        double far = Peak("r-lstm", "300", 16 * ImageSteps, training: 3);
        output.WriteLine($"r-lstm, truncation 300: {near:0} MiB at T = {ImageSteps}, {far:0} MiB at T = {16 * ImageSteps}");

        double nearFull = Peak("lstm", "full", ImageSteps, training: 1);
        double farFull = Peak("lstm", "full", 4 * ImageSteps, training: 1);
        output.WriteLine($"lstm, full: {nearFull:0} MiB at T = {ImageSteps}, {farFull:0} MiB at T = {4 * ImageSteps}");

        Assert.InRange(far, 0.8 * near, 1.2 * near);
        Assert.True(farFull > 1.5 * nearFull, "Full backpropagation should need memory for every step; is it measured at all?");
    }

    /// <summary>The largest resident size of a process that trains some steps on sequences of <paramref name="steps"/> steps, in MiB.</summary>
    private static double Peak(string model, string truncation, int steps, int training)
    {
        using var folder = new TemporaryFolder();
        AuxLoss.RunIn(
            folder.Path, "train", "--dataset", "stroke-digits", "--side", "28", "--silence", $"{steps - ImageSteps}", "--model", model,
            "--truncation", truncation, "--aux-truncation", "300", "--segment", "300", "--token-loss", "squared-error", "--encoding", "raw",
            "--hidden", "64", "--batch", "64", "--train-limit", "64", "--validation-fraction", "0", "--test-limit", "1",
            "--pretrain-epochs", "1", "--epochs", "3", "--steps", $"{training}", "--threads", "1", "--out", folder["run"]).ShouldExitWith(0);
        return (long)new RunFiles(folder["run"]).Read("summary.json")["peak_memory_bytes"]! / 1048576.0;
    }
}
