using AuxLossRnn.Experiments.Sweeps;
using AuxLossRnn.Runtime;

namespace AuxLossRnn.Figures;

/// <summary>The figures of the kit. <see cref="Figures.Default"/> finds the builder.</summary>
/// <remarks>
/// Every method throws <see cref="UserException"/> if a model has no style, there is nothing to draw, or the sizes disagree.
/// </remarks>
public interface IFigureBuilder
{
    /// <summary>Accuracy by training step, or by what training costs: the mean over the seeds with a band from the lowest to the highest.</summary>
    /// <param name="runs">The runs, one a seed; those of one name make one line, over the steps they have in common.</param>
    /// <param name="title">The figure's title.</param>
    /// <param name="accuracy">What the accuracy (%) is of.</param>
    /// <param name="along">What the series' places are.</param>
    Figure LearningCurves(IReadOnlyList<Series> runs, string title, string accuracy = "test accuracy", string along = "training step");

    /// <summary>Published accuracies with the letters of their standing, each beside the mean of the measured ones.</summary>
    /// <param name="comparisons">What is compared.</param>
    /// <param name="title">The figure's title.</param>
    Figure AgainstPublished(IReadOnlyList<PublishedComparison> comparisons, string title);

    /// <summary>Accuracy against a length in steps, which has a logarithmic axis.</summary>
    /// <param name="series">Lengths above 0 and accuracies (%); series of one name make a mean with a band.</param>
    /// <param name="title">The figure's title.</param>
    /// <param name="length">What the length is: of the sequence, or of the truncation.</param>
    Figure AccuracyByLength(IReadOnlyList<Series> series, string title, string length = "sequence length");

    /// <summary>Accuracies by the places of an axis: means over seeds, with error bars that are the means' 95 % intervals.</summary>
    /// <param name="panels">Plots side by side, each with its title and its lines.</param>
    /// <param name="title">The figure's title.</param>
    /// <param name="axis">What the places are.</param>
    /// <param name="value">What is drawn there.</param>
    Figure Points(IReadOnlyList<(string Title, IReadOnlyList<PointSeries> Lines)> panels, string title, string axis, string value = "test accuracy (%)");

    /// <summary>Differences between rows of a sweep, one below the other, with their 95 % intervals over paired seeds; those without a common seed are left out.</summary>
    /// <param name="differences">The differences, each with its name.</param>
    /// <param name="title">The figure's title.</param>
    /// <param name="value">What is drawn.</param>
    Figure Differences(IReadOnlyList<(string Label, PairedDifference Difference)> differences, string title, string value = "difference in test accuracy (points)");

    /// <summary>The norm of the loss's gradient with respect to the state at each time step, on a logarithmic axis.</summary>
    /// <param name="series">Time steps and norms.</param>
    /// <param name="title">The figure's title.</param>
    Figure GradientNorms(IReadOnlyList<Series> series, string title);

    /// <summary>Time and memory of a training step by the sequence's length; all axes are logarithmic.</summary>
    /// <param name="series">The costs.</param>
    /// <param name="title">The figure's title.</param>
    Figure Costs(IReadOnlyList<CostSeries> series, string title);

    /// <summary>An image with the anchor and its segment marked, beside the segment as the decoder reconstructed it.</summary>
    /// <param name="example">The image.</param>
    /// <param name="title">The figure's title.</param>
    Figure Reconstruction(ReconstructionExample example, string title);

    /// <summary>Sequences with their channels, a plot each, on common axes: a channel has one colour everywhere, a series one dash.</summary>
    /// <remarks><see cref="SequenceFigures"/> draws a reader's own sequences and those of a dataset.</remarks>
    /// <param name="panels">What each plot shows.</param>
    /// <param name="title">The figure's title.</param>
    /// <param name="channels">The channels' names; null for their numbers.</param>
    /// <param name="value">What the values are.</param>
    /// <param name="mark">A step that is marked in every plot, and what begins there; null for none.</param>
    Figure Sequences(
        IReadOnlyList<SequencePanel> panels, string title, IReadOnlyList<string>? channels = null, string value = "value", (int Step, string Name)? mark = null);

    /// <summary>How often each class was taken for which.</summary>
    /// <param name="counts">Counts by true class, then by predicted class: square.</param>
    /// <param name="title">The figure's title.</param>
    /// <param name="classes">The classes' names, as many; null for their numbers.</param>
    Figure Confusion(IReadOnlyList<IReadOnlyList<int>> counts, string title, IReadOnlyList<string>? classes = null);

    /// <summary>A run in progress: losses on a logarithmic axis beside accuracies, by training step.</summary>
    /// <param name="curves">The run so far.</param>
    Figure Training(TrainingCurves curves);

    /// <summary>The script plotly.js that draws the figures: that of <see cref="Figure.PlotlyAddress"/>.</summary>
    Stream OpenPlotly();
}
