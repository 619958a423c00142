using System.Globalization;
using AuxLossRnn.Runtime;
using AuxLossRnn.Sequences;

namespace AuxLossRnn.Data;

/// <content>The parts to train on, to validate on and to test on.</content>
public sealed partial class OwnSequences
{
    /// <summary>Splits into three parts, each with its share of every class, and scales by the training part.</summary>
    /// <param name="validation">The fraction to validate on.</param>
    /// <param name="test">The fraction to test on.</param>
    /// <param name="seed">The same seed always gives the same split.</param>
    /// <exception cref="UserException">The fractions leave nothing to train on, there are no labels, or one class only.</exception>
    public DatasetSplits Split(double validation = 0.1, double test = 0.2, long seed = 1)
    {
        RequireFractions(validation, test);
        (int[] train, int[] held, int[] tested) = Parts(validation, test, seed);
        string split = string.Create(
            CultureInfo.InvariantCulture,
            $"{train.Length} to train, {held.Length} to validate, {tested.Length} to test, drawn class by class with seed {seed}");
        SequenceDataset all = Fit(train, split);
        return WithUnlabelled(new DatasetSplits(all.Subset(train), all.Subset(held), all.Subset(tested)));
    }

    /// <summary>Trains on these less a held-out part, and tests on others.</summary>
    /// <param name="test">The test set.</param>
    /// <param name="validation">The fraction of these to validate on.</param>
    /// <param name="seed">The same seed always gives the same split.</param>
    /// <exception cref="UserException">The sets do not fit each other, there are no labels, or one class only.</exception>
    public DatasetSplits Split(OwnSequences test, double validation = 0.1, long seed = 1) => Split(test, validation, seed, isHashed: false);

    /// <summary>The same; with a hash of the test set a run does not go on with another one.</summary>
    internal DatasetSplits Split(OwnSequences test, double validation, long seed, bool isHashed)
    {
        RequireFractions(validation, 0);
        test.RequireLabels();
        (int[] train, int[] held, _) = Parts(validation, 0, seed);
        string split = string.Create(
            CultureInfo.InvariantCulture,
            $"{train.Length} to train, {held.Length} to validate, drawn class by class with seed {seed}; {test.Count} given to test")
            + (isHashed ? $" (SHA-256 {test.Sha256([.. Enumerable.Range(0, test.Count)])[..16]}…)" : "");
        SequenceDataset all = Fit(train, split);
        return WithUnlabelled(new DatasetSplits(all.Subset(train), all.Subset(held), all.Format!.Apply(test)));
    }

    /// <summary>Trains on all of these; the other parts are given.</summary>
    /// <param name="validation">The validation set.</param>
    /// <param name="test">The test set.</param>
    /// <exception cref="UserException">The sets do not fit each other, there are no labels, or one class only.</exception>
    public DatasetSplits Split(OwnSequences validation, OwnSequences test)
    {
        RequireLabels();
        validation.RequireLabels();
        test.RequireLabels();
        SequenceDataset train = Fit(
            [.. Enumerable.Range(0, Count)], $"{Count} to train, {validation.Count} to validate, {test.Count} to test, as given");
        return WithUnlabelled(new DatasetSplits(train, train.Format!.Apply(validation), train.Format!.Apply(test)));
    }

    /// <summary>The same with further sequences of which no class is known: they are for the auxiliary losses, and never classified.</summary>
    /// <remarks>They are scaled by the training part's numbers, as all others are; what labels they have is not looked at.</remarks>
    /// <param name="unlabelled">The further sequences, of the same channels.</param>
    /// <exception cref="UserException">They have other channels, or there are unlabelled ones already.</exception>
    public OwnSequences WithUnlabelled(OwnSequences unlabelled)
    {
        if (_unlabelled is not null)
        {
            throw new UserException($"{Source} has unlabelled sequences already, those of {_unlabelled.Source}. Read all of them as one set.");
        }

        if (unlabelled.Features != Features)
        {
            throw new UserException(
                $"{unlabelled.Source} has {unlabelled.Features} channels a step, but {Source} has {Features}. Give the same channels in the same order.");
        }

        var copy = (OwnSequences)MemberwiseClone();
        copy._unlabelled = unlabelled.WithoutLabels();
        copy.LengthsDiffer |= unlabelled.LengthsDiffer;
        return copy;
    }

    /// <summary>Some of the sequences, such as those that somebody has labelled; they keep their labels and names.</summary>
    /// <param name="which">Which ones, in this order.</param>
    /// <exception cref="UserException">There is none.</exception>
    public OwnSequences Subset(IReadOnlyList<int> which)
    {
        ArgumentNullException.ThrowIfNull(which);
        TItem[]? Chosen<TItem>(TItem[]? all) => all is null ? null : [.. which.SelectMany(i => all[(_starts[i] * Features)..(_starts[i + 1] * Features)])];
        return new OwnSequences(
            Source, Chosen(_values), Chosen(_levels), [.. which.Select(Length)], Features, _labels is null ? null : [.. which.Select(i => _labels[i])], LengthsDiffer,
            Levels, Alphabet, Names is null ? null : [.. which.Select(i => Names[i])], HasMissing)
        { TakenFor = TakenFor, Preparation = Preparation, Columns = Columns };
    }

    private DatasetSplits WithUnlabelled(DatasetSplits splits)
    {
        if (_unlabelled is null)
        {
            return splits;
        }

        SequenceDataset others = splits.Train.Format!.Apply(_unlabelled);
        return splits with { WithUnlabelled = new JoinedSequences(splits.Train, others) };
    }

    private ScaledSequences Fit(IReadOnlyList<int> train, string split)
    {
        if (_unlabelled is not null)
        {
            // Its hash, so that a run does not go on with others.
            string hash = _unlabelled.Sha256([.. Enumerable.Range(0, _unlabelled.Count)])[..16];
            split += string.Create(CultureInfo.InvariantCulture, $"; {_unlabelled.Count} without labels (SHA-256 {hash}…)");
        }

        var format = SequenceFormats.Fit(this, train, split);
        return new ScaledSequences(this, format);
    }

    /// <summary>Each class in an order of its own: first those to test, then those to validate; at least one to train on.</summary>
    private (int[] Train, int[] Validation, int[] Test) Parts(double validation, double test, long seed)
    {
        RequireLabels();
        var (train, held, tested) = (new List<int>(), new List<int>(), new List<int>());
        string[] names = ClassNames([.. Enumerable.Range(0, Count)]);
        ILookup<string, int> members = Enumerable.Range(0, Count).ToLookup(i => _labels![i], StringComparer.Ordinal);
        for (int c = 0; c < names.Length; c++)
        {
            int[] all = [.. members[names[c]]];
            int[] order = new RandomStream(seed, RandomPurpose.Split, c + 1).Permutation(all.Length);
            int toTest = Share(test, all.Length, all.Length - 1);
            int toHold = Share(validation, all.Length, all.Length - 1 - toTest);
            tested.AddRange(order[..toTest].Select(i => all[i]));
            held.AddRange(order[toTest..(toTest + toHold)].Select(i => all[i]));
            train.AddRange(order[(toTest + toHold)..].Select(i => all[i]));
        }

        return ([.. train.Order()], [.. held.Order()], [.. tested.Order()]);
    }

    private static int Share(double fraction, int count, int most) =>
        fraction > 0 ? Math.Min(most, Math.Max(1, (int)Math.Round(fraction * count))) : 0;

    private static void RequireFractions(double validation, double test)
    {
        if (!(validation >= 0 && test >= 0 && validation + test < 1))
        {
            throw new UserException(string.Create(
                CultureInfo.InvariantCulture,
                $"A validation fraction of {validation} and a test fraction of {test} are not possible: choose each at least 0, together below 1."));
        }
    }

    private void RequireLabels()
    {
        if (_labels is null)
        {
            throw new UserException($"{Source} has no labels: training and testing need the class of each sequence. Give labels.");
        }
    }
}
