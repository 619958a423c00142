using AuxLossRnn.Runtime;
using AuxLossRnn.Sequences;
using AuxLossRnn.Training;

namespace AuxLossRnn.Data;

/// <summary>Classifies with the weights that a trainer has now.</summary>
public static class TrainerPredictions
{
    /// <summary>Classifies a reader's own sequences with the weights as they are now.</summary>
    /// <param name="trainer">The trainer.</param>
    /// <param name="sequences">The sequences; they need no labels. They are scaled by the training part's numbers.</param>
    /// <exception cref="UserException">The model was trained on other data, or the sequences do not fit those it was trained on.</exception>
    public static Predictions Predict(this Trainer trainer, OwnSequences sequences) => Of(trainer).Predict(sequences);

    /// <summary>Classifies a dataset, such as the test part, with the weights as they are now.</summary>
    /// <param name="trainer">The trainer.</param>
    /// <param name="dataset">The dataset.</param>
    public static Predictions Predict(this Trainer trainer, SequenceDataset dataset) => Of(trainer).Predict(dataset);

    private static Predictor Of(Trainer trainer) => new(trainer.Model, trainer.Dataset.Train.Format, trainer.Device);
}
