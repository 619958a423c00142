using AuxLossRnn.Runtime;
using AuxLossRnn.Sequences;
using AuxLossRnn.Training;

namespace AuxLossRnn.Data;

/// <summary>Classifies a reader's own sequences, which are scaled by the training part's numbers.</summary>
public static class OwnPredictions
{
    /// <summary>Classifies a reader's own sequences with the weights as they are now.</summary>
    /// <param name="trainer">The trainer.</param>
    /// <param name="sequences">The sequences; they need no labels.</param>
    /// <exception cref="UserException">The model was trained on other data, or the sequences do not fit those it was trained on.</exception>
    public static Predictions Predict(this Trainer trainer, OwnSequences sequences) => trainer.Predict(Ready(trainer.Format, sequences));

    /// <summary>Classifies a reader's own sequences.</summary>
    /// <param name="predictor">The predictor.</param>
    /// <param name="sequences">The sequences; they need no labels.</param>
    /// <exception cref="UserException">The model was trained on other data, or the sequences do not fit those it was trained on.</exception>
    public static Predictions Predict(this Predictor predictor, OwnSequences sequences) => predictor.Predict(Ready(predictor.Format, sequences));

    private static SequenceDataset Ready(SequenceFormat? format, OwnSequences sequences) => format?.Apply(sequences) ?? throw new UserException(
        $"The model was trained on one of the kit's datasets, so it cannot say how {sequences.Source} is to be read. "
        + "Give it a SequenceDataset, or train on sequences of your own.");
}
