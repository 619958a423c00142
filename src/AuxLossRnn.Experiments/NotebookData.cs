using AuxLossRnn.Data;
using AuxLossRnn.Figures;
using AuxLossRnn.Runtime;
using AuxLossRnn.Sequences;
using AuxLossRnn.Specs;

namespace AuxLossRnn.Experiments;

/// <summary>A notebook's data: the dataset that its spec names or, where the files are missing, something of the same shape.</summary>
/// <param name="Splits">What to train and to test on.</param>
/// <param name="StandIn">The name of what stands in for the dataset; null where nothing does.</param>
public sealed record NotebookData(DatasetSplits Splits, string? StandIn)
{
    private const int BlankTrain = 640;
    private const int BlankTest = 100;
    private const int BlankTextSteps = 150;

    /// <summary>Whether this is the dataset itself.</summary>
    public bool IsReal => StandIn is null;

    /// <summary>Opens the dataset of a spec; where its files are missing it says so, and draws digits for MNIST or takes blank sequences.</summary>
    /// <param name="spec">The spec.</param>
    /// <param name="fetch">Whether to download missing files first.</param>
    /// <param name="root">Where the files are; null for where the environment says.</param>
    /// <exception cref="UserException">The files cannot be downloaded.</exception>
    public static NotebookData OpenOrDraw(ExperimentSpec spec, bool fetch = false, DataRoot? root = null)
    {
        ArgumentNullException.ThrowIfNull(spec);
        root ??= DataRoot.Resolve(null);
        if (fetch)
        {
            Fetch(spec.Dataset, root);
        }

        try
        {
            return new NotebookData(DatasetCatalog.Open(spec.DatasetRequest(), root), null);
        }
        catch (UserException missing) when (DatasetNames.All.Contains(spec.Dataset) && spec.Dataset != DatasetNames.StrokeDigits)
        {
            NotebookData drawn = Draw(spec, root);
            Console.WriteLine($"{missing.Message} {drawn.Splits.Train.Count:N0} {drawn.StandIn} stand in for it.");
            return drawn;
        }
    }

    /// <summary>A spec of this data: under the stand-in's name where there is one, so that its runs are taken for nothing else.</summary>
    /// <param name="spec">A spec of the dataset.</param>
    public ExperimentSpec SpecOf(ExperimentSpec spec) => StandIn is null ? spec : spec with { Dataset = StandIn };

    private static NotebookData Draw(ExperimentSpec spec, DataRoot root)
    {
        if (spec.Dataset is DatasetNames.Mnist or DatasetNames.PermutedMnist)
        {
            return new NotebookData(DatasetCatalog.Open(spec.DatasetRequest() with { Name = DatasetNames.StrokeDigits }, root), DatasetNames.StrokeDigits);
        }

        (int features, int classes) = spec.Dataset switch
        {
            DatasetNames.Cifar10 => (3, 10),
            DatasetNames.StanfordDogs => (3, 120),
            _ => (1, 14),
        };
        var blank = new BlankSequences(BlankTrain, spec.Side is int side ? side * side + spec.Silence : BlankTextSteps, features, classes);
        return new NotebookData(new DatasetSplits(blank, blank.Take(BlankTest), blank.Take(BlankTest)), "blank-sequences");
    }

    private static void Fetch(string dataset, DataRoot root)
    {
        if (dataset == DatasetNames.StrokeDigits)
        {
            return; // drawn in code
        }

        using var downloader = new Downloader();
        CancellationToken stopped = NotebookHost.Stopping?.Invoke() ?? CancellationToken.None;
        foreach (ManifestFile file in DataManifest.Embedded.Find(dataset == DatasetNames.PermutedMnist ? DatasetNames.Mnist : dataset).Files)
        {
            if (downloader.FetchAsync(file, root, null, stopped).GetAwaiter().GetResult() == FetchOutcome.Fetched)
            {
                Console.WriteLine($"fetched: {root.PathOf(file.Path)}");
            }
        }
    }
}
