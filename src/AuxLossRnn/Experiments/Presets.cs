using AuxLossRnn.AuxiliaryLosses;
using AuxLossRnn.Models;
using AuxLossRnn.Runtime;
using AuxLossRnn.Training;

namespace AuxLossRnn.Experiments;

/// <summary>The paper's experiments by name, each in three budgets.</summary>
public static class Presets
{
    private const int MnistSide = 28;
    private const int LaptopSide = 14;
    private const int SmokeSide = 7;

    // "Truncate300" and l = 600 over the 784 pixels of MNIST (Table 2).
    private const int PaperTruncation = 300;
    private const int PaperSegment = 600;

    private static readonly (string Table, string Name, ModelKind Model, bool Full)[] Rows =
    [
        ("table2", "irnn", ModelKind.Irnn, true),
        ("table2", "urnn", ModelKind.Urnn, true),
        ("table2", "lstm-full", ModelKind.Lstm, true),
        ("table2", "lstm-truncate300", ModelKind.Lstm, false),
        ("table2", "r-lstm-truncate300", ModelKind.RLstm, false),
        ("table2", "p-lstm-truncate300", ModelKind.PLstm, false),
        ("table2", "r-lstm-full", ModelKind.RLstm, true),
        ("table2", "p-lstm-full", ModelKind.PLstm, true),
        ("table3", "transformer", ModelKind.Transformer, true),
    ];

    /// <summary>All names.</summary>
    public static IReadOnlyList<string> Names { get; } =
        [.. from dataset in new[] { "mnist", "pmnist" } from row in Rows select $"{row.Table}/{dataset}/{row.Name}"];

    /// <summary>The spec of a preset.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="budget">How much of it.</param>
    /// <exception cref="UserException">The name is unknown; the message lists all, nearest first.</exception>
    public static ExperimentSpec Find(string name, Budget budget)
    {
        if (!Names.Contains(name))
        {
            var nearest = Names.OrderBy(known => EditDistance(known, name)).ThenBy(known => known, StringComparer.Ordinal);
            throw new UserException($"There is no preset '{name}'. The presets, nearest first:\n  {string.Join("\n  ", nearest)}");
        }

        string[] parts = name.Split('/');
        (_, _, ModelKind model, bool full) = Rows.First(row => row.Table == parts[0] && row.Name == parts[2]);
        var spec = new ExperimentSpec { Dataset = parts[1], Model = model };

        // Nothing squashes an IRNN's state: steps as large as the LSTM's make it overflow (Le et al. clip, at far smaller rates).
        spec = model == ModelKind.Irnn ? spec with { ClipNorm = 1, LearningRate = 1e-4 } : spec;
        return Scale(spec, full, budget);
    }

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
            Model = ModelKind.RLstm,
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

    /// <summary>Reads <c>smoke</c>, <c>laptop</c> or <c>paper</c>.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="UserException">It is none of these.</exception>
    public static Budget ParseBudget(string text) => Enum.TryParse(text, ignoreCase: true, out Budget budget) && Enum.IsDefined(budget)
        ? budget
        : throw new UserException($"There is no budget '{text}'. Choose --budget smoke, laptop or paper.");

    private static ExperimentSpec Scale(ExperimentSpec spec, bool full, Budget budget)
    {
        int side = budget switch { Budget.Paper => MnistSide, Budget.Laptop => LaptopSide, _ => SmokeSide };
        double scale = (double)(side * side) / (MnistSide * MnistSide);
        var truncation = Truncation.Last((int)Math.Round(PaperTruncation * scale));

        // In the "Full BP" rows the supervised loss is not truncated; whether the auxiliary one is, is unknown. It stays so here.
        spec = spec with
        {
            Truncation = full ? Truncation.Full : truncation,
            AuxiliaryTruncation = truncation,
            Segment = (int)Math.Round(PaperSegment * scale),
        };
        return budget switch
        {
            Budget.Paper => spec with { CheckpointEvery = 100 },
            Budget.Laptop => spec with
            {
                // The raw encoding has the same functions as the linear one at half the work.
                Side = side,
                Encoding = InputEncoding.Raw,
                Hidden = 64,
                Batch = 64,
                TestLimit = 2_000,
                PretrainEpochs = 1,
                Epochs = 4,
                EvaluateEvery = 500,
                CheckpointEvery = 500,
            },
            _ => spec with
            {
                Side = side,
                Encoding = InputEncoding.Raw,
                Hidden = 16,
                FeedForwardHidden = 16,
                Batch = 32,
                TrainLimit = 640,
                TestLimit = 200,
                PretrainEpochs = 0.5,
                Epochs = 1,
            },
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
