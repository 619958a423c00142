using AuxLossRnn.AuxiliaryLosses;
using AuxLossRnn.Data;
using AuxLossRnn.Models;
using AuxLossRnn.Runtime;
using AuxLossRnn.Specs;

namespace AuxLossRnn.Experiments;

/// <summary>The paper's experiments by name, each in four budgets.</summary>
public static class Presets
{
    private static readonly Dictionary<string, ExperimentSpec> ByName = PaperExperiments.All.ToDictionary(one => one.Name, one => one.Paper);

    /// <summary>All names, in the paper's order.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. PaperExperiments.All.Select(one => one.Name)];

    /// <summary>The spec of a preset.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="budget">How much of it.</param>
    /// <exception cref="UserException">The name is unknown; the message lists all, nearest first.</exception>
    public static ExperimentSpec Find(string name, Budget budget)
    {
        if (!ByName.TryGetValue(name, out ExperimentSpec? paper))
        {
            // A part of a name, such as cifar10, has more letters of its names missing than changed ones of others.
            var nearest = Names.OrderByDescending(known => known.Contains(name, StringComparison.OrdinalIgnoreCase))
                .ThenBy(known => EditDistance(known, name)).ThenBy(known => known, StringComparer.Ordinal);
            throw new UserException($"There is no preset '{name}'. The presets, nearest first:\n  {string.Join("\n  ", nearest)}");
        }

        return Scale(paper, budget);
    }

    /// <summary>The model of a row, which gives it its colour in figures: <c>r-lstm</c> for <c>r-lstm-20x30</c>.</summary>
    /// <param name="row">The last part of a preset's name.</param>
    internal static string ModelOf(string row) => ByName.Where(one => one.Key.Split('/')[^1] == row)
        .Select(one => one.Value.Model.ToString()).FirstOrDefault() ?? row;

    /// <summary>"Remember across a silence": the setting of the quickstart, which shows in minutes what the loss is for.</summary>
    /// <param name="budget">Laptop or smoke.</param>
    public static ExperimentSpec Quickstart(Budget budget)
    {
        var spec = new ExperimentSpec
        {
            // The window of 8 steps lies within the 12 blank ones: the supervised loss alone has nothing to learn from.
            Dataset = "stroke-digits",
            Side = 7,
            Silence = 12,
            TestLimit = 1_000,
            Model = ModelName.RLstm,
            Encoding = InputEncoding.Raw,
            Hidden = 64,
            Batch = 32,
            Truncation = Truncation.Last(8),
            AuxiliaryTruncation = Truncation.Last(30),
            Segment = 24,
            TokenLoss = TokenLoss.SquaredError,

            // A squared error of pixels in [0, 1] is two orders smaller than the classes' cross-entropy beside it.
            AuxiliaryWeight = 10,

            // Minutes, not days: three times the rate of the paper's re-implementation, with clipping to bear it, halved soon.
            LearningRate = 3e-3,
            ClipNorm = 1,
            HalvingEpochs = 10,
            Initialisation = Initialisation.Orthogonal,
            PretrainEpochs = 2,
            Epochs = 22,
            Steps = 7_500,
            EvaluateEvery = 250,
        };
        return budget == Budget.Smoke
            ? spec with { Hidden = 8, FeedForwardHidden = 8, TrainLimit = 640, TestLimit = 100, PretrainEpochs = 1, Epochs = 2, EvaluateEvery = 5 }
            : spec;
    }

    /// <summary>Reads <c>smoke</c>, <c>laptop</c>, <c>overnight</c> or <c>paper</c>.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="UserException">It is none of these.</exception>
    public static Budget ParseBudget(string text) => Enum.TryParse(text, ignoreCase: true, out Budget budget) && Enum.IsDefined(budget)
        ? budget
        : throw new UserException($"There is no budget '{text}'. Choose ‹budget› smoke, laptop, overnight or paper.");

    /// <summary>A smaller setting with the paper's proportions of truncation and segment to the sequence.</summary>
    private static ExperimentSpec Scale(ExperimentSpec paper, Budget budget)
    {
        if (budget == Budget.Paper)
        {
            // The paper holds nothing out: all training examples are trained on, and there is no best on validation.
            return paper with { ValidationFraction = 0, CheckpointEvery = 100 };
        }

        bool laptop = budget != Budget.Smoke; // overnight too: its images are the laptop's
        int? side = paper.Dataset switch
        {
            "mnist" or "pmnist" => laptop ? 14 : 7,
            "cifar10" => laptop ? 16 : 8,
            "stanford-dogs" => paper.Side!.Value / (laptop ? 4 : 8),
            _ => null,
        };
        double sideOfPaper = paper.Dataset switch
        {
            "mnist" or "pmnist" => 28,
            "cifar10" => 32,
            _ => paper.Side ?? 0,
        };
        int? length = paper.Dataset == Dbpedia.Name ? paper.MaxLength / (laptop ? 2 : 8) : paper.MaxLength;
        double scale = side is int small ? small * small / (sideOfPaper * sideOfPaper) : length!.Value / (double)paper.MaxLength!.Value;
        int steps(int published) => Math.Max(1, (int)Math.Round(published * scale));
        Truncation cut(Truncation published) => published.Steps is int last and > 0 ? Truncation.Last(steps(last)) : published;
        ExperimentSpec scaled = paper with
        {
            Side = side,
            MaxLength = length,
            Truncation = cut(paper.Truncation),
            AuxiliaryTruncation = cut(paper.AuxiliaryTruncation),
            Segment = steps(paper.Segment),
            Variants = 1,
            EvaluateTrain = paper.EvaluateTrain is null ? null : laptop ? 2_000 : 100,

            // The raw encoding has the same functions as the linear one at half the work.
            Encoding = paper.Encoding == InputEncoding.Linear ? InputEncoding.Raw : paper.Encoding,
        };
        return budget switch
        {
            Budget.Smoke => scaled with
            {
                EncodingSize = 16,
                Hidden = 16,
                FeedForwardHidden = 16,
                Batch = 32,
                TrainLimit = 640,
                TestLimit = 200,
                PretrainEpochs = paper.PretrainEpochs > 0 ? 0.5 : 0,
                Epochs = 1,
            },
            Budget.Overnight => Overnight(scaled),
            _ => scaled with
            {
                EncodingSize = 64,
                Hidden = 64,
                Batch = 64,
                TestLimit = 2_000,
                PretrainEpochs = paper.PretrainEpochs > 0 ? 0.25 : 0, // an eighth; in the paper a tenth of the epochs that follow, a fifth on StanfordDogs
                Epochs = 2,
                EvaluateEvery = 500,
                CheckpointEvery = 500,
            },
        };
    }

    /// <summary>Sixteen epochs of every model, and a recipe for so few: found for the LSTM without a loss first, and the same for all.</summary>
    private static ExperimentSpec Overnight(ExperimentSpec scaled)
    {
        // A quarter of the epochs is pretraining, where the paper has a tenth: below some thousand steps it teaches nothing.
        bool pretrains = scaled.HasAuxiliaryLoss && scaled.PretrainEpochs > 0;
        (double before, double all) = scaled.Dataset == Dbpedia.Name ? (1, 4) : (4.0, 16.0);
        bool irnn = scaled.Model.Encoder == ModelName.Irnn.Encoder; // has its own rate
        return scaled with
        {
            EncodingSize = 64,
            Hidden = 64,
            Batch = 64,
            PretrainEpochs = pretrains ? before : 0,
            Epochs = pretrains ? all - before : all,
            LearningRate = irnn ? scaled.LearningRate : 2e-3,
            LearningRateSchedule = LearningRateSchedule.Cosine,
            ClipNorm = 1,
            Initialisation = Initialisation.Orthogonal,

            // A squared error of pixels in [0, 1] is two orders smaller than the classes' cross-entropy beside it.
            AuxiliaryWeight = scaled.TokenLoss == TokenLoss.SquaredError ? 10 * scaled.AuxiliaryWeight : scaled.AuxiliaryWeight,
            CheckpointEvery = 250,
        };
    }

    /// <summary>Levenshtein's distance between two names.</summary>
    internal static int EditDistance(string a, string b)
    {
        int[] row = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int substitution = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(substitution, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[b.Length];
    }
}
