namespace AuxLossRnn.Cli.Tests;

[Trait("Category", "Slow")]
public sealed class KitNotebooksTests
{
    public static TheoryData<string> Notebooks => [.. Directory.GetFiles(Checkout.Notebooks, "*.ipynb").Select(path => Path.GetFileName(path)).Order()];

    [Theory]
    [MemberData(nameof(Notebooks))]
    public void A_notebook_runs_at_the_smoke_budget_and_its_checks_hold(string name)
    {
        using var folder = new TemporaryFolder();

        string path = Path.Combine(Checkout.Notebooks, name);

        // Runs that are kept between sessions would be read here, not trained.
        string[] kept = File.ReadAllText(path).Contains("\"string kept = ", StringComparison.Ordinal) ? ["-p", $"kept={folder["runs"]}"] : [];
        AuxLoss.Run(["notebook", "run", path, "--budget", "smoke", "--out", folder["run.ipynb"], .. kept]).ShouldExitWith(0);

        Assert.Contains("\"holds: ", File.ReadAllText(folder["run.ipynb"]));
    }
}
