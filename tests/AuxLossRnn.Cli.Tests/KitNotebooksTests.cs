namespace AuxLossRnn.Cli.Tests;

public sealed class KitNotebooksTests
{
    public static TheoryData<string> Notebooks => [.. Directory.GetFiles(Folder, "*.ipynb").Select(path => Path.GetFileName(path)).Order()];

    internal static string Folder
    {
        get
        {
            string folder = AppContext.BaseDirectory;
            while (!File.Exists(Path.Combine(folder, "AuxLossRnn.sln")))
            {
                folder = Path.GetDirectoryName(folder)!;
            }

            return Path.Combine(folder, "notebooks");
        }
    }

    [Theory]
    [MemberData(nameof(Notebooks))]
    public void A_notebook_runs_at_the_smoke_budget_and_its_checks_hold(string name)
    {
        using var folder = new TemporaryFolder();

        AuxLoss.Run("notebook", "run", Path.Combine(Folder, name), "--budget", "smoke", "--out", folder["run.ipynb"]).ShouldExitWith(0);

        Assert.Contains("\"holds: ", File.ReadAllText(folder["run.ipynb"]));
    }
}
