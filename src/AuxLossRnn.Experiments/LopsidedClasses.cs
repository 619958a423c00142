using AuxLossRnn.Runtime;
using AuxLossRnn.Sequences;
using AuxLossRnn.Training;

namespace AuxLossRnn.Experiments;

/// <summary>Training sets that are nearly all of one class: a high accuracy says nothing there.</summary>
public static class LopsidedClasses
{
    private const double Most = 0.9;

    /// <summary>What to know before training where one class has more than nine tenths of the sequences; null where none has.</summary>
    /// <param name="train">The training set.</param>
    /// <returns>A few sentences, with settings as <see cref="SettingNames"/> marks them.</returns>
    public static string? Warning(SequenceDataset train)
    {
        int[] counts = ClassBalance.Counts(train);
        int most = Array.IndexOf(counts, counts.Max()), all = counts.Sum();
        double part = (double)counts[most] / all;
        return part <= Most ? null : FormattableString.Invariant(
            $"{counts[most]:N0} of the {all:N0} training sequences are of the class '{train.ClassNames[most]}': who always says so is right for {100 * part:0.#} % of them. ")
            + "Look at the balanced accuracy and the macro F1 too. ‹BalancedClasses=true› gives every class the same weight in the loss.";
    }
}
